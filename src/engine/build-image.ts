import { BuildFailedError } from '../errors.ts';
import { type Connection, request } from './connection.ts';
import { hintFor } from './engine-error.ts';
import type { BuildRequest, OnLine } from './engine.ts';
import { readProgress } from './progress.ts';

const keptLines = 20;
const maxCommandLength = 100;

/**
 * Builds with the classic builder.  Every engine offers it through the API, whatever `docker build` uses.  BuildKit
 * would need `version=2` and a session.
 */
export async function buildImage(connection: Connection, build: BuildRequest, onLine: OnLine): Promise<void> {
  const { tag, context, signal } = build;
  const output: string[] = [];
  const keep = (line: string) => {
    if (!isBuilderMessage(line)) output.push(line);
    if (output.length > keptLines) output.shift();
    onLine(line);
  };
  try {
    await request(connection, `build image ${tag}`, async () => {
      const proxies = connection.proxies ?? (await engineProxies(connection));
      const progress = await connection.docker.buildImage(context, toOptions(build, proxies));
      const failure = await readProgress(progress, keep);
      if (failure !== undefined) throw toError(tag, failure, { output, proxies });
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

type Proxies = NonNullable<Connection['proxies']>;

/** The proxies of the engine itself, which `docker build` does not use, but a build usually needs. */
async function engineProxies({ docker }: Connection): Promise<Proxies> {
  const { HttpProxy, HttpsProxy, NoProxy } = (await docker.info()) as Readonly<Record<string, string | undefined>>;
  const all = { http_proxy: HttpProxy ?? '', https_proxy: HttpsProxy ?? '', no_proxy: NoProxy ?? '' };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

interface Failed {
  readonly output: readonly string[];
  readonly proxies: Proxies;
}

function toError(tag: string, failure: string, { output, proxies }: Failed): BuildFailedError {
  const known = [failure, ...output].map(hintFor).find((hint) => hint !== undefined) ?? proxyHint(proxies);
  const hint = known ?? 'Use --verbose to see the whole output of the build.';
  return new BuildFailedError(`cannot build image ${tag}: ${shortenFailure(failure)}`, { output, hint });
}

/** What to do about proxies with which a build cannot reach anything. */
export function proxyHint(proxies: Proxies): string | undefined {
  const addresses = Object.entries(proxies).flatMap(([name, value]) => (/^no_proxy$/i.test(name) ? [] : value));
  const configHint = 'Set proxies.default.httpProxy and httpsProxy in ~/.docker/config.json';
  if (addresses.some(isMasked)) return `The engine hides the password of its proxy.  ${configHint}.`;
  const own = addresses.find((address) => /^(\w+:\/\/)?([^@/]*@)?(127\.|localhost(?![\w.-])|\[::1\])/i.test(address));
  if (own === undefined) return undefined;
  return `The proxy ${own} is the build container itself.  ${configHint} to an address that containers can reach.`;
}

/** In `docker info`, the engine replaces user and password. */
function isMasked(proxy: string): boolean {
  return proxy.includes('//xxxxx:xxxxx@');
}

function toOptions({ tag, buildArgs, labels, signal }: BuildRequest, proxies: Proxies) {
  const usable = Object.entries(proxies).filter(([, value]) => !isMasked(value));
  return {
    t: tag,
    version: '1' as const,
    buildargs: { ...Object.fromEntries(usable), ...buildArgs },
    labels: { ...labels },
    // Otherwise, a failed step leaves its container behind.
    forcerm: true,
    ...(signal !== undefined && { abortSignal: signal }),
  };
}

/** Whether a line is from the builder itself, not from a program that it runs. */
export function isBuilderMessage(line: string): boolean {
  return /^(Step \d+\/\d+ : | *---> |Removing intermediate container )/.test(line);
}

/** The engine's message for a failed step repeats its whole command, which can be a page long. */
export function shortenFailure(failure: string): string {
  return failure.replace(/(?<=^The command ').*(?=' returned)/s, (command) => {
    const line = command.replaceAll(/\s+/g, ' ');
    return line.length > maxCommandLength ? `${line.slice(0, maxCommandLength)} ...` : line;
  });
}

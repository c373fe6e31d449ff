import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { type Engine, type OnLine } from '../engine/engine.ts';
import { EngineError, ImageError } from '../errors.ts';
import { bootstrap, findBootstrapTool, type BootstrapTool } from './bootstrap.ts';
import { baseImageTag, imageLabels } from './labels.ts';
import { findDebianArchive, type PackageSource } from './package-sources.ts';

export interface MakeBaseRequest {
  readonly release: string;
  /** URI of a Debian archive; default: the one in the package sources of this machine */
  readonly mirror?: string | undefined;
}

export interface MakeBaseContext {
  /** where `apt-get` and the tools are searched; default: the search path of this process */
  readonly searchPath?: string | undefined;
  readonly onLine: OnLine;
  readonly signal: AbortSignal;
}

const outputLines = 15;

/**
 * Creates a base image from Debian packages, without a registry.
 *
 * In TypeScript rather than in a shell script around `mmdebstrap`: it is part of the program that users install, it can
 * be interrupted at any time, and its errors have hints.
 *
 * @returns its name
 * @throws {ImageError} if there is no tool or no archive, or if the tool fails
 * @throws {EngineError} if the engine cannot import the image, for example because its disk is full
 */
export async function makeBase(engine: Engine, request: MakeBaseRequest, context: MakeBaseContext): Promise<string> {
  const { release } = request;
  const { searchPath, onLine, signal } = context;
  const env: Record<string, string> = searchPath === undefined ? {} : { PATH: searchPath };
  const tool = await requireTool(release, env);
  const source = await requireArchive(request, env);
  onLine(`creating Debian ${release} from ${source.uri} with ${tool}`);
  const output: string[] = [];
  const keep: OnLine = (line) => {
    output.push(line);
    onLine(line);
  };
  const name = baseImageTag(release);
  try {
    const tar = await whenStarted(bootstrap(tool, release, source, { env, onLine: keep, signal }));
    await engine.importImage(name, tar, { [imageLabels.base]: release });
    return name;
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof EngineError) throw cause;
    throw toolFailed(tool, release, { cause, output: output.slice(-outputLines) });
  }
}

/** Waits for the first output.  Most failures come earlier, and then the engine receives no request. */
async function whenStarted(chunks: AsyncGenerator<Uint8Array>): Promise<Readable> {
  const first = await chunks.next();
  const all = async function* () {
    if (first.done !== true) yield first.value;
    yield* chunks;
  };
  return Readable.from(all());
}

async function requireTool(release: string, env: Readonly<Record<string, string>>): Promise<BootstrapTool> {
  const tool = await findBootstrapTool(env);
  if (tool !== undefined) return tool;
  throw new ImageError(
    `there is no base image: the engine does not have debian:${release}-slim, no registry provides it, ` +
      'and neither mmdebstrap nor debootstrap is installed to create one',
    { hint: 'install mmdebstrap with `apt-get install mmdebstrap`, or specify a base image with `--base IMAGE`' },
  );
}

async function requireArchive(
  { release, mirror }: MakeBaseRequest,
  env: Readonly<Record<string, string>>,
): Promise<PackageSource> {
  // A mirror is signed with the same key as the archive of the machine.  It works without apt-get, too.
  if (mirror !== undefined) {
    const own = await findDebianArchive(env).catch(() => undefined);
    return { trusted: false, ...own, uri: mirror };
  }
  const own = await findDebianArchive(env);
  if (own !== undefined) return own;
  throw new ImageError(
    `there is no base image, and it cannot be created: this machine has no Debian archive with ${release} ` +
      'in its package sources',
    { hint: 'specify a Debian archive with `--mirror URL`, or a base image with `--base IMAGE`' },
  );
}

function toolFailed(tool: BootstrapTool, release: string, details: { cause: unknown; output: readonly string[] }) {
  const root = userInfo().uid === 0;
  return new ImageError(`${tool} failed to create a base image of Debian ${release}`, {
    ...details,
    hint: root
      ? 'specify another Debian archive with `--mirror URL`, or a base image with `--base IMAGE`'
      : 'without root, this requires newuidmap (apt-get install uidmap) and ranges in /etc/subuid and /etc/subgid; ' +
        'alternatively run `vcluster-box image build` once as root, or specify a base image with `--base IMAGE`',
  });
}

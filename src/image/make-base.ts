import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { type Engine, type OnLine } from '../engine/engine.ts';
import { EngineError, ImageError } from '../errors.ts';
import { bootstrap, findBootstrapTool, type BootstrapTool } from './bootstrap.ts';
import { imageLabels } from './labels.ts';
import { type Machine } from './machine.ts';
import { readMachineArchive } from './machine-sources.ts';
import { type PackageSource } from './package-sources.ts';

export interface MakeBaseRequest {
  readonly release: string;
  /** URI of a Debian archive; the machine's own when left out */
  readonly mirror?: string | undefined;
}

export interface MakeBaseContext {
  readonly machine: Machine;
  readonly onLine: OnLine;
  readonly signal: AbortSignal;
}

const outputLines = 15;

/** The name that a base image gets which was made here. */
export function madeBaseName(release: string): string {
  return `vcluster-box-base:${release}`;
}

/**
 * Makes a base image from Debian packages, for where no registry answers.
 *
 * @throws {ImageError} when there is no tool or no archive, or when the tool fails
 * @throws {EngineError} when the engine does not take it: its disk may be full
 */
export async function makeBase(engine: Engine, request: MakeBaseRequest, context: MakeBaseContext): Promise<void> {
  const { release } = request;
  const { machine, onLine, signal } = context;
  const tool = await requireTool(release, machine);
  const source = await requireArchive(request, machine);
  onLine(`${tool} makes Debian ${release} from ${source.uri}`);
  const last: string[] = [];
  const remember: OnLine = (line) => {
    last.push(line);
    onLine(line);
  };
  const options = { searchPath: machine.searchPath, onLine: remember, signal };
  try {
    await importTar(engine, release, bootstrap(tool, release, source, options));
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof EngineError) throw cause;
    throw madeNothing(tool, release, { cause, output: last.slice(-outputLines) });
  }
}

async function importTar(engine: Engine, release: string, tar: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks = tar[Symbol.asyncIterator]();
  // Most failures come before the first byte: then the engine hears nothing of it.
  const first = await chunks.next();
  let broken: unknown;
  const all = async function* () {
    try {
      if (first.done !== true) yield first.value;
      yield* { [Symbol.asyncIterator]: () => chunks };
    } catch (error) {
      broken = error;
      throw error;
    }
  };
  try {
    await engine.importImage(madeBaseName(release), Readable.from(all()), { [imageLabels.base]: release });
  } catch (error) {
    // When the tool broke off, the engine's complaint is but its consequence.
    throw broken ?? error;
  }
}

async function requireTool(release: string, { searchPath }: Machine): Promise<BootstrapTool> {
  const tool = await findBootstrapTool(searchPath);
  if (tool !== undefined) return tool;
  throw new ImageError(
    `there is no base image: the engine has no debian:${release}-slim and no registry gave it, ` +
      'and neither mmdebstrap nor debootstrap is here to make one',
    { hint: 'install one with `apt-get install mmdebstrap`, or name a base image with `--base IMAGE`' },
  );
}

async function requireArchive({ release, mirror }: MakeBaseRequest, machine: Machine): Promise<PackageSource> {
  const own = await readMachineArchive(machine.aptDirectory);
  if (mirror !== undefined) return { trusted: false, ...own, uri: mirror };
  if (own !== undefined) return own;
  throw new ImageError(
    `there is no base image, and none can be made: no package source in ${machine.aptDirectory} is a Debian archive, ` +
      `which would have ${release}`,
    { hint: 'name a Debian archive with `--mirror URL`, or a base image with `--base IMAGE`' },
  );
}

function madeNothing(tool: BootstrapTool, release: string, details: { cause: unknown; output: readonly string[] }) {
  const root = userInfo().uid === 0;
  return new ImageError(`${tool} could not make a base image of Debian ${release}`, {
    ...details,
    hint: root
      ? 'name another Debian archive with `--mirror URL`, or a base image with `--base IMAGE`'
      : 'an ordinary user needs newuidmap for that (apt-get install uidmap) and ranges in /etc/subuid and /etc/subgid; ' +
        'or run `vcluster-box image build` once as root, or name a base image with `--base IMAGE`',
  });
}

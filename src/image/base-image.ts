import { type Engine, type ImageSummary, type OnLine } from '../engine/engine.ts';
import { EngineError, ImageError } from '../errors.ts';
import { imageLabels } from './labels.ts';
import { type Machine } from './machine.ts';
import { debianRelease, type GanetiVersion } from './releases.ts';

export interface BaseImageRequest {
  readonly ganeti: GanetiVersion;
  /** image to build on; Debian's own when left out */
  readonly base?: string | undefined;
  /** URI of a Debian archive to install from, instead of the base image's and the machine's own */
  readonly mirror?: string | undefined;
}

export interface BaseImageContext {
  /** left out: none is made, an error says that none is there */
  readonly machine?: Machine | undefined;
  readonly onLine: OnLine;
  readonly signal: AbortSignal;
}

export interface BaseImage {
  readonly name: string;
  readonly id: string;
}

/** A registry that does not answer must not hold us up for long; one that does has begun to send by then. */
const firstAnswerMs = 20_000;

/** The base image, if the engine has it. */
export async function findLocalBase(
  engine: Engine,
  { ganeti, base }: BaseImageRequest,
): Promise<BaseImage | undefined> {
  if (base !== undefined) return inspect(engine, base);
  const release = debianRelease(ganeti);
  const official = await inspect(engine, officialName(release));
  if (official !== undefined) return official;
  const made = await engine.findImages({ [imageLabels.base]: release });
  // An image that was built on a base image has its labels, too.
  return newest(made.filter(({ tags, labels }) => tags.length > 0 && labels[imageLabels.kind] === undefined));
}

/**
 * Gets a base image that the engine has not got: pulled, or else made from Debian packages.
 *
 * @throws {ImageError} saying what would help
 */
export async function obtainBase(
  engine: Engine,
  request: BaseImageRequest,
  context: BaseImageContext,
): Promise<BaseImage> {
  const release = debianRelease(request.ganeti);
  const name = request.base ?? officialName(release);
  try {
    await pull(engine, name, context);
    return await inspectExisting(engine, name);
  } catch (cause) {
    context.signal.throwIfAborted();
    if (!(cause instanceof EngineError)) throw cause;
    if (request.base !== undefined) throw notPulled(name, cause);
    context.onLine(`cannot pull ${name}: ${cause.message}`);
    if (context.machine === undefined) throw notPulled(name, cause);
    // Loaded only here: starting other programs is for the rare case.
    const { makeBase, madeBaseName } = await import('./make-base.ts');
    await makeBase(engine, { release, mirror: request.mirror }, { ...context, machine: context.machine });
    return inspectExisting(engine, madeBaseName(release));
  }
}

async function pull(engine: Engine, name: string, { onLine, signal }: BaseImageContext): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new EngineError(`no registry answered within ${firstAnswerMs / 1000} s`));
  }, firstAnswerMs);
  try {
    await engine.pullImage(
      name,
      (line) => {
        clearTimeout(timer);
        onLine(line);
      },
      AbortSignal.any([signal, silence.signal]),
    );
  } finally {
    clearTimeout(timer);
  }
}

async function inspect(engine: Engine, name: string): Promise<BaseImage | undefined> {
  const image = await engine.inspectImage(name);
  return image && { name, id: image.id };
}

async function inspectExisting(engine: Engine, name: string): Promise<BaseImage> {
  const image = await inspect(engine, name);
  if (image === undefined) throw new ImageError(`the image ${name} was there a moment ago and is gone`);
  return image;
}

function newest(images: readonly ImageSummary[]): BaseImage | undefined {
  const [first] = [...images].sort((a, b) => b.createdAt - a.createdAt);
  const name = first?.tags[0];
  return first && name !== undefined ? { name, id: first.id } : undefined;
}

function officialName(release: string): string {
  return `debian:${release}-slim`;
}

function notPulled(name: string, cause: unknown): ImageError {
  return new ImageError(`the engine has no image ${name}, and it cannot be pulled`, {
    cause,
    hint: `load it with \`docker load\` or \`docker import\`, or name another with \`--base IMAGE\``,
  });
}

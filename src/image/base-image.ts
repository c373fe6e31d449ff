import { debianReleases, defaultBase, type GanetiVersion } from '../config/defaults.ts';
import { type Engine, type ImageSummary, type OnLine } from '../engine/engine.ts';
import { EngineError, ImageError } from '../errors.ts';
import { imageLabels, isBaseTag } from './labels.ts';
import type { OwnGaneti } from './own/read-own.ts';

export interface BaseImageRequest {
  readonly ganeti: GanetiVersion;
  /** image to build on; default: Debian's own */
  readonly base?: string | undefined;
  /** URI of a Debian archive to install from; default: those of the base image and of this machine */
  readonly mirror?: string | undefined;
  /** Ganeti of the user in place of Debian's */
  readonly own?: OwnGaneti | undefined;
}

export interface BaseImageContext {
  readonly onLine: OnLine;
  readonly signal: AbortSignal;
}

export interface BaseImage {
  readonly name: string;
  readonly id: string;
}

/** A registry that can be reached starts to send within this time. */
const registryTimeoutMs = 20_000;

/** Finds a base image in the engine. */
export async function findLocalBase(
  engine: Engine,
  { ganeti, base }: BaseImageRequest,
): Promise<BaseImage | undefined> {
  if (base !== undefined) return inspect(engine, base);
  const release = debianReleases[ganeti];
  const official = await inspect(engine, defaultBase(release));
  if (official !== undefined) return official;
  return newest(await engine.findImages({ [imageLabels.base]: release }));
}

/**
 * Pulls the base image, or creates it from Debian packages if no registry provides it.
 *
 * @param searchPath see `MakeBaseContext`
 * @throws {ImageError} with a hint
 */
export async function obtainBase(
  engine: Engine,
  request: BaseImageRequest,
  context: BaseImageContext & { readonly searchPath?: string | undefined },
): Promise<BaseImage> {
  try {
    return await pullBase(engine, request, context);
  } catch (error) {
    if (!(error instanceof ImageError && error.cause instanceof EngineError) || request.base !== undefined) throw error;
    context.onLine(error.cause.message);
    // Loaded on demand: execa takes 100 ms, and base images are rarely created.
    const { makeBase } = await import('./make-base.ts');
    const release = debianReleases[request.ganeti];
    return inspectExisting(engine, await makeBase(engine, { release, mirror: request.mirror }, context));
  }
}

/**
 * Pulls the base image.
 *
 * @throws {ImageError} if no registry provides it
 */
export async function pullBase(
  engine: Engine,
  request: BaseImageRequest,
  context: BaseImageContext,
): Promise<BaseImage> {
  const name = request.base ?? defaultBase(debianReleases[request.ganeti]);
  try {
    await pull(engine, name, context);
  } catch (cause) {
    context.signal.throwIfAborted();
    if (!(cause instanceof EngineError)) throw cause;
    throw new ImageError(`the engine does not have the image ${name}, and cannot pull it`, {
      cause,
      hint: 'load it with `docker load` or `docker import`, or specify another one with `--base IMAGE`',
    });
  }
  return inspectExisting(engine, name);
}

async function pull(engine: Engine, name: string, { onLine, signal }: BaseImageContext): Promise<void> {
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort(new EngineError(`no registry answered within ${registryTimeoutMs / 1000} s`));
  }, registryTimeoutMs);
  try {
    await engine.pullImage(
      name,
      (line) => {
        clearTimeout(timer);
        onLine(line);
      },
      AbortSignal.any([signal, timeout.signal]),
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
  if (image === undefined) throw new ImageError(`the image ${name} was removed in the meantime`);
  return image;
}

/** Among images of ours: images that are built on a base image inherit its labels. */
function newest(images: readonly ImageSummary[]): BaseImage | undefined {
  const own = images.flatMap(({ id, tags, createdAt }) => {
    const name = tags.find(isBaseTag);
    return name === undefined ? [] : [{ name, id, createdAt }];
  });
  return own.sort((a, b) => b.createdAt - a.createdAt)[0];
}

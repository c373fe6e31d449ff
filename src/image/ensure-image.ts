import { Readable } from 'node:stream';
import { type Engine, type OnLine } from '../engine/engine.ts';
import { ImageError } from '../errors.ts';
import { obtainBase, type BaseImage, type BaseImageRequest } from './base-image.ts';
import { type BuildContext } from './context.ts';
import { type CopyContext, distributeImage, type ImageHost } from './distribute-image.ts';
import { findBuilt, type FoundImage, tagFor } from './find-built.ts';
import { imageSteps } from './image-steps.ts';
import { imageLabels } from './labels.ts';
import { thisMachine, type Machine } from './machine.ts';
import { readRelease } from './read-release.ts';
import { debianRelease } from './releases.ts';
import { runStep, skipStep } from '../steps.ts';

export interface EnsureImageContext extends CopyContext {
  /** where a base image is made if need be */
  readonly machine?: Machine;
}

export interface EnsuredImage {
  readonly tag: string;
  /** false: it was there already */
  readonly built: boolean;
}

/**
 * Makes sure that all hosts have the slice image of these sources.
 *
 * An image that one of them has is not built again.  Otherwise it is built on the first host.  From the host that has it,
 * it is copied to those that lack it.
 *
 * @throws {ImageError} when there is no base image, or one of another release, or the image cannot be copied
 * @throws {BuildFailedError} when a step of the build fails
 * @throws the signal's reason when it aborts; then no image has been left half-made
 */
export async function ensureImage(
  hosts: readonly [ImageHost, ...ImageHost[]],
  request: BaseImageRequest,
  context: EnsureImageContext,
): Promise<EnsuredImage> {
  const { source, found } = await findSource(hosts, request);
  const ensured = await buildIfMissing(source.engine, request, { ...context, found });
  const others = hosts.filter((host) => host !== source);
  if (others.length > 0) await distributeImage(source, ensured.tag, others, context);
  return ensured;
}

/** The first host that has the image, or else the first host. */
async function findSource([first, ...others]: readonly [ImageHost, ...ImageHost[]], request: BaseImageRequest) {
  const look = async (source: ImageHost) => ({ source, found: await findBuilt(source.engine, request) });
  const [onFirst, ...onOthers] = await Promise.all([look(first), ...others.map(look)]);
  return [onFirst, ...onOthers].find(({ found }) => found.tag !== undefined) ?? onFirst;
}

async function buildIfMissing(
  engine: Engine,
  request: BaseImageRequest,
  { found, ...context }: EnsureImageContext & { readonly found: FoundImage },
): Promise<EnsuredImage> {
  const { report, signal } = context;
  if (found.tag !== undefined) {
    skipStep(report, imageSteps.base, 'not needed');
    skipStep(report, imageSteps.image, `${found.tag} is there already`);
    return { tag: found.tag, built: false };
  }
  const base = await ensureBase(engine, request, { ...context, local: found.base });
  const tag = tagFor(request, found.context, base);
  await runStep(report, imageSteps.image, (onLine) =>
    build(engine, request, { base, tag, context: found.context, signal, onLine }),
  );
  return { tag, built: true };
}

async function ensureBase(
  engine: Engine,
  request: BaseImageRequest,
  context: EnsureImageContext & { readonly local: BaseImage | undefined },
): Promise<BaseImage> {
  const { report, signal, local, machine = thisMachine } = context;
  if (local === undefined) {
    return runStep(report, imageSteps.base, (onLine) => obtainBase(engine, request, { machine, onLine, signal }));
  }
  skipStep(report, imageSteps.base, `${local.name} is there already`);
  return local;
}

interface Build {
  readonly base: BaseImage;
  readonly tag: string;
  readonly context: BuildContext;
  readonly signal: AbortSignal;
  readonly onLine: OnLine;
}

async function build(engine: Engine, request: BaseImageRequest, { base, tag, context, signal, onLine }: Build) {
  const { ganeti, mirror } = request;
  await checkRelease(engine, request, base);
  signal.throwIfAborted();
  const { proxy } = await engine.describe();
  const buildArgs = { ...proxy, BASE: base.name, GANETI: ganeti, ...(mirror !== undefined && { MIRROR: mirror }) };
  const labels = { [imageLabels.context]: context.hash };
  await engine.buildImage({ context: Readable.from([context.tar]), tag, buildArgs, labels, signal }, onLine);
}

async function checkRelease(engine: Engine, { ganeti, base }: BaseImageRequest, { name, id }: BaseImage) {
  const wanted = debianRelease(ganeti);
  const release = await readRelease(engine, id);
  if (release === wanted) return;
  const is = release === undefined ? 'does not say which release it is' : `is of ${release}`;
  throw new ImageError(`Ganeti ${ganeti} needs a base image of Debian ${wanted}, but ${name} ${is}`, {
    hint: base === undefined ? `remove the image ${name}` : 'choose another `--base`, or another `--ganeti`',
  });
}

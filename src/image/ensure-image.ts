import { Readable } from 'node:stream';
import { type Engine, type OnLine } from '../engine/engine.ts';
import { ImageError } from '../errors.ts';
import { type Report } from '../events.ts';
import { obtainBase, type BaseImage, type BaseImageRequest } from './base-image.ts';
import { type BuildContext } from './context.ts';
import { findBuilt, tagFor } from './find-built.ts';
import { imageSteps } from './image-steps.ts';
import { imageLabels } from './labels.ts';
import { thisMachine, type Machine } from './machine.ts';
import { readRelease } from './read-release.ts';
import { debianRelease } from './releases.ts';
import { runStep, skipStep } from '../steps.ts';

export interface EnsureImageContext {
  readonly report: Report;
  readonly signal: AbortSignal;
  /** where a base image is made if need be */
  readonly machine?: Machine;
}

export interface EnsuredImage {
  readonly tag: string;
  /** false: it was there already */
  readonly built: boolean;
}

/**
 * Makes sure that the engine has the slice image of these sources, building it only when something in it changed.
 *
 * @throws {ImageError} when there is no base image, or one of another release
 * @throws {BuildFailedError} when a step of the build fails
 * @throws the signal's reason when it aborts; then no image has been left half-made
 */
export async function ensureImage(
  engine: Engine,
  request: BaseImageRequest,
  context: EnsureImageContext,
): Promise<EnsuredImage> {
  const { report, signal } = context;
  const found = await findBuilt(engine, request);
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

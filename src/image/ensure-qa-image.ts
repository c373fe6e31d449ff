import { Readable } from 'node:stream';
import type { Engine, ImageSummary } from '../engine/engine.ts';
import { ImageError } from '../errors.ts';
import { packQaContext, type BuildContext } from './context.ts';
import { type CopyContext, imageSteps } from './distribute-image.ts';
import type { EnsuredImage } from './ensure-image.ts';
import { imageLabels, qaImageTag } from './labels.ts';
import type { GanetiVersion } from '../config/defaults.ts';
import { runStep, skipStep } from '../steps.ts';

export interface QaImageRequest {
  /** name of the slice image to build on: suite and Ganeti have the same version */
  readonly slice: string;
  /** URI of a Debian archive to install from; default: those of the slice image */
  readonly mirror?: string | undefined;
}

/**
 * Makes sure that the engine has an image with Ganeti's QA suite.  It is never run: the suite is copied from it.
 *
 * @throws {ImageError} if the slice image does not exist
 * @throws {BuildFailedError} if a step of the build fails
 */
export async function ensureQaImage(
  engine: Engine,
  { slice, mirror }: QaImageRequest,
  { report, signal }: CopyContext,
): Promise<EnsuredImage> {
  const [context, base] = await Promise.all([packQaContext(), engine.inspectImage(slice)]);
  if (base === undefined) throw new ImageError(`the image ${slice} of the cluster no longer exists`);
  const tag = tagFor(base, context);
  if ((await engine.inspectImage(tag)) !== undefined) {
    skipStep(report, imageSteps.qa, `${tag} already exists`);
    return { tag, built: false };
  }
  const buildArgs = { SLICE: slice, ...(mirror !== undefined && { MIRROR: mirror }) };
  const labels = { [imageLabels.context]: context.hash };
  await runStep(report, imageSteps.qa, (onLine) =>
    engine.buildImage({ context: Readable.from([context.tar]), tag, buildArgs, labels, signal }, onLine),
  );
  return { tag, built: true };
}

/** Finds the image that `ensureQaImage` would use. */
export async function findQaImage(engine: Engine, slice: string): Promise<string | undefined> {
  const base = await engine.inspectImage(slice);
  const tag = base && tagFor(base, await packQaContext());
  return tag && (await engine.inspectImage(tag)) && tag;
}

function tagFor({ id, labels }: ImageSummary, { hash }: BuildContext): string {
  const ganeti = (labels[imageLabels.ganeti] ?? '') as GanetiVersion;
  return qaImageTag({ ganeti, contextHash: hash, baseId: id });
}

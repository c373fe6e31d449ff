import { Readable } from 'node:stream';
import type { Engine, ImageSummary } from '../engine/engine.ts';
import { ImageError } from '../errors.ts';
import { packQaContext, type BuildContext } from './context.ts';
import type { EnsuredImage, EnsureImageContext } from './ensure-image.ts';
import { imageSteps } from './image-steps.ts';
import { imageLabels } from './labels.ts';
import type { GanetiVersion } from './releases.ts';
import { runStep, skipStep } from '../steps.ts';
import { qaImageTag } from './tag.ts';

export interface QaImageRequest {
  /** name of the slice image that it is for: the suite in it is of the same version of Ganeti */
  readonly slice: string;
  /** URI of a Debian archive to install from, instead of the slice image's own */
  readonly mirror?: string | undefined;
}

/**
 * Makes sure that the engine has an image with Ganeti's QA suite; nothing runs it, the suite is taken from it.
 *
 * @throws {ImageError} when the slice image is gone
 * @throws {BuildFailedError} when a step of the build fails
 */
export async function ensureQaImage(
  engine: Engine,
  { slice, mirror }: QaImageRequest,
  { report, signal }: Pick<EnsureImageContext, 'report' | 'signal'>,
): Promise<EnsuredImage> {
  const [context, base] = await Promise.all([packQaContext(), engine.inspectImage(slice)]);
  if (base === undefined) throw new ImageError(`the image ${slice} of the cluster is gone`);
  const tag = tagFor(base, context);
  if ((await engine.inspectImage(tag)) !== undefined) {
    skipStep(report, imageSteps.qa, `${tag} is there already`);
    return { tag, built: false };
  }
  const { proxy } = await engine.describe();
  const buildArgs = { ...proxy, SLICE: slice, ...(mirror !== undefined && { MIRROR: mirror }) };
  const labels = { [imageLabels.context]: context.hash };
  await runStep(report, imageSteps.qa, (onLine) =>
    engine.buildImage({ context: Readable.from([context.tar]), tag, buildArgs, labels, signal }, onLine),
  );
  return { tag, built: true };
}

/** The one that `ensureQaImage` would use, if it is there. */
export async function findQaImage(engine: Engine, slice: string): Promise<string | undefined> {
  const base = await engine.inspectImage(slice);
  const tag = base && tagFor(base, await packQaContext());
  return tag && (await engine.inspectImage(tag)) && tag;
}

function tagFor({ id, labels }: ImageSummary, { hash }: BuildContext): string {
  const ganeti = (labels[imageLabels.ganeti] ?? '') as GanetiVersion;
  return qaImageTag({ ganeti, contextHash: hash, baseId: id });
}

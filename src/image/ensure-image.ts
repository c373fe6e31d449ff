import { Readable } from 'node:stream';
import { type Engine, type ImageSummary } from '../engine/engine.ts';
import { ImageError } from '../errors.ts';
import { type Report } from '../events.ts';
import { findLocalBase, obtainBase, type BaseImage, type BaseImageRequest } from './base-image.ts';
import { packContext, type BuildContext } from './context.ts';
import { imageLabels } from './labels.ts';
import { thisMachine, type Machine } from './machine.ts';
import { readRelease } from './read-release.ts';
import { debianRelease } from './releases.ts';
import { runStep, skipStep } from './step.ts';
import { imageTag } from './tag.ts';

export type ImageRequest = BaseImageRequest;

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

/** To be announced by whoever starts the run. */
export const imageSteps = {
  base: { id: 'base', title: 'Base image' },
  image: { id: 'image', title: 'Slice image' },
} as const;

/**
 * Makes sure that the engine has the slice image of these sources, building it only when something in it changed.
 *
 * @throws {ImageError} when there is no base image, or one of another release
 * @throws {BuildFailedError} when a step of the build fails
 * @throws the signal's reason when it aborts; then no image has been left half-made
 */
export async function ensureImage(
  engine: Engine,
  request: ImageRequest,
  context: EnsureImageContext,
): Promise<EnsuredImage> {
  const { report } = context;
  const build = await packContext();
  const local = await findLocalBase(engine, request);
  const existing = await findExisting(engine, request, { build, local });
  if (existing !== undefined) {
    skipStep(report, imageSteps.base, 'not needed');
    skipStep(report, imageSteps.image, `${existing} is there already`);
    return { tag: existing, built: false };
  }
  const base = await ensureBase(engine, request, { ...context, local });
  const tag = tagOf(request, build, base);
  await runStep(report, imageSteps.image, async (onLine) => {
    await checkRelease(engine, request, base);
    context.signal.throwIfAborted();
    const { proxy } = await engine.describe();
    await engine.buildImage(
      {
        context: Readable.from([build.tar]),
        tag,
        buildArgs: { ...proxy, ...buildArguments(request, base) },
        labels: { [imageLabels.context]: build.hash },
        signal: context.signal,
      },
      onLine,
    );
  });
  return { tag, built: true };
}

/** Without any base image, an image of the same sources will do: it may have been loaded where nothing can be built. */
async function findExisting(
  engine: Engine,
  request: ImageRequest,
  { build, local }: { readonly build: BuildContext; readonly local: BaseImage | undefined },
): Promise<string | undefined> {
  if (local !== undefined) {
    const tag = tagOf(request, build, local);
    return (await engine.inspectImage(tag)) && tag;
  }
  if (request.base !== undefined) return undefined;
  const labels = { [imageLabels.ganeti]: request.ganeti, [imageLabels.context]: build.hash };
  const images: readonly ImageSummary[] = await engine.findImages(labels);
  return images.flatMap(({ tags }) => tags)[0];
}

async function ensureBase(
  engine: Engine,
  request: ImageRequest,
  context: EnsureImageContext & { readonly local: BaseImage | undefined },
): Promise<BaseImage> {
  const { report, signal, local, machine = thisMachine } = context;
  if (local === undefined) {
    return runStep(report, imageSteps.base, (onLine) => obtainBase(engine, request, { machine, onLine, signal }));
  }
  skipStep(report, imageSteps.base, `${local.name} is there already`);
  return local;
}

async function checkRelease(engine: Engine, { ganeti, base }: ImageRequest, { name, id }: BaseImage): Promise<void> {
  const wanted = debianRelease(ganeti);
  const release = await readRelease(engine, id);
  if (release === wanted) return;
  throw new ImageError(
    `Ganeti ${ganeti} needs a base image of Debian ${wanted}, and ${name} is ${release ?? 'of no release that it tells'}`,
    { hint: base === undefined ? `remove the image ${name}` : 'choose another `--base`, or another `--ganeti`' },
  );
}

function tagOf({ ganeti }: ImageRequest, { hash }: BuildContext, { id }: BaseImage): string {
  return imageTag({ ganeti, contextHash: hash, baseId: id });
}

function buildArguments({ ganeti, mirror }: ImageRequest, base: BaseImage): Readonly<Record<string, string>> {
  return { BASE: base.name, GANETI: ganeti, ...(mirror !== undefined && { MIRROR: mirror }) };
}

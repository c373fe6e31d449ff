import { type Engine } from '../engine/engine.ts';
import { findLocalBase, type BaseImage, type BaseImageRequest } from './base-image.ts';
import { packContext, type BuildContext } from './context.ts';
import { imageLabels, imageTag, isSliceTag } from './labels.ts';

export interface FoundImage {
  readonly context: BuildContext;
  /** `undefined` if the engine has none */
  readonly base: BaseImage | undefined;
  /** of the slice image; `undefined` if it must be built */
  readonly tag: string | undefined;
}

/** Finds the current slice image and its base image in the engine, without asking a registry. */
export async function findBuilt(engine: Engine, request: BaseImageRequest): Promise<FoundImage> {
  const context = await packContext();
  const base = await findLocalBase(engine, request);
  if (base !== undefined) {
    const tag = tagFor(request, context, base);
    return { context, base, tag: (await engine.inspectImage(tag)) && tag };
  }
  return { context, base, tag: request.base === undefined ? await findLoaded(engine, request, context) : undefined };
}

export function tagFor({ ganeti }: BaseImageRequest, { hash }: BuildContext, { id }: BaseImage): string {
  return imageTag({ ganeti, contextHash: hash, baseId: id });
}

/** Without a base image, any image of the same sources is current: it was built elsewhere and loaded. */
async function findLoaded(engine: Engine, { ganeti }: BaseImageRequest, { hash }: BuildContext) {
  const images = await engine.findImages({ [imageLabels.ganeti]: ganeti, [imageLabels.context]: hash });
  return images.flatMap(({ tags }) => tags).find(isSliceTag);
}

import { type Engine } from '../engine/engine.ts';
import { findLocalBase, type BaseImage, type BaseImageRequest } from './base-image.ts';
import { packContext, type BuildContext } from './context.ts';
import { imageLabels } from './labels.ts';
import { imageTag, isSliceTag } from './tag.ts';

/** What is there already of a slice image. */
export interface FoundImage {
  readonly context: BuildContext;
  /** undefined: the engine has none */
  readonly base: BaseImage | undefined;
  /** undefined: to be built */
  readonly tag: string | undefined;
}

/** Looks for the image of these sources.  Changes nothing and asks no registry. */
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

/** Without any base image, an image of the same sources will do: it was loaded where nothing can be built. */
async function findLoaded(engine: Engine, { ganeti }: BaseImageRequest, { hash }: BuildContext) {
  const images = await engine.findImages({ [imageLabels.ganeti]: ganeti, [imageLabels.context]: hash });
  return images.flatMap(({ tags }) => tags).find(isSliceTag);
}

import type { Engine } from '../../engine/engine.ts';
import { findQaImage } from '../../image/ensure-qa-image.ts';
import { findBuilt } from '../../image/find-built.ts';
import { imageLabels } from '../../image/labels.ts';
import { listImages, type OwnImage } from '../../image/own-images.ts';
import { ganetiVersions } from '../../image/releases.ts';
import { type AgeGate, isOlder, type Prunable } from './unused-clusters.ts';

/**
 * Slice images, and those with Ganeti's QA suite, that no container uses and this version would not use either, and what builds have left without a name.
 *
 * @param gone containers that are gone, or would be: what they use counts as unused
 */
export async function findOldImages(
  engine: Engine,
  gate: AgeGate,
  gone: ReadonlySet<string>,
): Promise<readonly Prunable[]> {
  const images = await listImages(engine);
  const needed = new Set([...(await usedImages(engine, gone)), ...(await currentImages(engine))]);
  const neededIds = new Set(
    images.filter((image) => needed.has(nameOf(image)) || needed.has(image.id)).map(({ id }) => id),
  );
  return images
    .filter((image) => !neededIds.has(image.id) && isOlder(image.createdAt, gate))
    .flatMap((image) => {
      const reason = whyOld(image);
      return reason === undefined ? [] : [prunable(engine, image, reason)];
    });
}

/** A base image with a name is kept: to make it takes long, and the next slice image is built on it. */
function whyOld({ kind, tag }: OwnImage): string | undefined {
  if (tag === undefined) return 'left over from a build';
  return kind === 'base' ? undefined : 'no cluster uses it, and this version would not';
}

function prunable(engine: Engine, image: OwnImage, reason: string): Prunable {
  const remove = async () => {
    await engine.removeImage(nameOf(image));
    return true;
  };
  return { kind: 'image', name: nameOf(image), reason, size: image.size, containers: [], remove };
}

/** Names or ids, as containers have them.  All that are made of a slice image inherit its labels. */
async function usedImages(engine: Engine, gone: ReadonlySet<string>): Promise<readonly string[]> {
  const containers = await engine.findContainers({ [imageLabels.kind]: 'slice' });
  return containers.filter(({ id }) => !gone.has(id)).map(({ image }) => image);
}

async function currentImages(engine: Engine): Promise<readonly string[]> {
  const found = await Promise.all(ganetiVersions.map((ganeti) => findBuilt(engine, { ganeti })));
  const tags = found.flatMap(({ tag }) => tag ?? []);
  return [...tags, ...(await Promise.all(tags.map((tag) => findQaImage(engine, tag)))).flatMap((tag) => tag ?? [])];
}

function nameOf({ tag, id }: OwnImage): string {
  return tag ?? id;
}

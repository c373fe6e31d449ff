import type { Engine } from '../../engine/engine.ts';
import { findQaImage } from '../../image/ensure-qa-image.ts';
import { findBuilt } from '../../image/ensure-image.ts';
import { listImages, type OwnImage } from '../../image/own-images.ts';
import { ganetiVersions } from '../../config/defaults.ts';
import { type AgeGate, isOlder, type Prunable } from './unused-clusters.ts';

/**
 * Finds slice and QA images that neither a container nor this version uses, and untagged images left by builds.
 *
 * @param gone removed containers (in a dry run, those that would be removed); their images count as unused
 */
export async function findUnusedImages(
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
      const reason = whyUnused(image);
      return reason === undefined ? [] : [prunable(engine, image, reason)];
    });
}

/** Tagged base images are kept: they take long to build, and the next slice image needs them. */
function whyUnused({ kind, tag }: OwnImage): string | undefined {
  if (tag === undefined) return 'left over from a build';
  return kind === 'base' ? undefined : 'used neither by a cluster nor by this version';
}

function prunable(engine: Engine, image: OwnImage, reason: string): Prunable {
  const remove = async () => {
    await engine.removeImage(nameOf(image));
    return true;
  };
  return { kind: 'image', name: nameOf(image), reason, size: image.size, containers: [], remove };
}

/** Names or ids of images in use, by any container. */
async function usedImages(engine: Engine, gone: ReadonlySet<string>): Promise<readonly string[]> {
  const containers = await engine.findContainers({});
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

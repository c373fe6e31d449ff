import { type ContainerSummary, type Engine } from '../engine/engine.ts';
import { ImageError, NotFoundError } from '../errors.ts';
import { label } from '../plan/labels.ts';
import { imageLabels } from './labels.ts';
import { listImages, type OwnImage } from './list-images.ts';

/**
 * Removes images that this program made, and no others.
 *
 * @param wanted tags, or `all`
 * @returns names of those removed; an image without a tag goes by its id
 * @throws {NotFoundError} when one of the tags is none of ours; then nothing has been removed
 * @throws {ImageError} when a container uses one of them; then nothing has been removed
 */
export async function removeImages(engine: Engine, wanted: readonly string[] | 'all'): Promise<readonly string[]> {
  const images = await listImages(engine);
  const chosen = wanted === 'all' ? images : wanted.map((tag) => choose(images, tag));
  const containers = await engine.findContainers({ [imageLabels.kind]: 'slice' });
  for (const image of chosen) refuseInUse(image, containers);
  const names = chosen.map(nameOf);
  // One after the other: a base image goes only when nothing is built on it any more.
  for (const name of names) await engine.removeImage(name);
  return names;
}

function choose(images: readonly OwnImage[], tag: string): OwnImage {
  const image = images.find((one) => one.tag === tag);
  if (image !== undefined) return image;
  const there = images.flatMap((one) => one.tag ?? []);
  throw new NotFoundError(`there is no image ${tag} of vcluster-box`, {
    hint: there.length > 0 ? `there are ${there.join(', ')}` : 'there are none at all',
  });
}

function refuseInUse(image: OwnImage, containers: readonly ContainerSummary[]): void {
  const user = containers.find((container) => container.image === image.tag || container.image === image.id);
  if (user === undefined) return;
  const cluster = user.labels[label.cluster];
  throw new ImageError(
    `the image ${nameOf(image)} is in use by ${cluster === undefined ? `the container ${user.name}` : `the cluster ${cluster}`}`,
    { hint: cluster === undefined ? `docker rm ${user.name}` : `vcluster-box down ${cluster}` },
  );
}

function nameOf({ tag, id }: OwnImage): string {
  return tag ?? id;
}

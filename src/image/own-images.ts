import { type ContainerSummary, type Engine, type ImageSummary } from '../engine/engine.ts';
import { ImageError, NotFoundError } from '../errors.ts';
import { label } from '../plan/labels.ts';
import { ganetiSourceOf, ganetiVersionOf, imageLabels, isBaseTag, isQaTag, isSliceTag } from './labels.ts';

export interface OwnImage {
  readonly kind: 'slice' | 'qa' | 'base';
  /** `undefined` if a newer image has taken over its tag */
  readonly tag: string | undefined;
  readonly id: string;
  /** version of Ganeti, or the Debian release of a base image */
  readonly version: string;
  /** of an image with Ganeti of the user, where it is from: `packages 3.0.2-3+mine1`, or `tree` */
  readonly source: string | null;
  /** bytes */
  readonly size: number;
  /** seconds since the epoch */
  readonly createdAt: number;
}

/** Lists the images that vcluster-box created: each before the images that it is built on, newest first. */
export async function listImages(engine: Engine): Promise<readonly OwnImage[]> {
  const slices = await engine.findImages({ [imageLabels.kind]: 'slice' });
  const bases = await engine.findImages({ [imageLabels.base]: '' });
  const suites = await engine.findImages({ [imageLabels.kind]: 'qa' });
  return [
    ...newestFirst(suites.flatMap((image) => describe(image, 'qa', isQaTag))),
    ...ownFirst(newestFirst(slices.flatMap((image) => describe(image, 'slice', isSliceTag)))),
    // Images that are built on a base image inherit its labels.
    ...newestFirst(
      bases
        .filter(({ labels }) => labels[imageLabels.kind] === undefined)
        .flatMap((image) => describe(image, 'base', isBaseTag)),
    ),
  ];
}

/** Images with Ganeti of the user are built on the others. */
function ownFirst(images: readonly OwnImage[]): readonly OwnImage[] {
  return [...images.filter(({ source }) => source !== null), ...images.filter(({ source }) => source === null)];
}

/** Under its own tags.  An image that the user made from a slice (`docker commit`) has the labels of its container. */
function describe(
  { id, tags, labels, size, createdAt }: ImageSummary,
  kind: OwnImage['kind'],
  isOwnTag: (tag: string) => boolean,
): readonly OwnImage[] {
  if (labels[label.cluster] !== undefined) return [];
  const version = (kind === 'base' ? labels[imageLabels.base] : ganetiVersionOf(labels)) ?? '';
  const source = ganetiSourceOf(labels);
  const names = tags.length > 0 ? tags.filter(isOwnTag) : [undefined];
  return names.map((tag) => ({ kind, tag, id, version, source, size, createdAt }));
}

function newestFirst(images: readonly OwnImage[]): readonly OwnImage[] {
  return [...images].sort((a, b) => b.createdAt - a.createdAt);
}

/**
 * Removes images that vcluster-box created.  On an error, nothing is removed.
 *
 * @returns tags of the removed images, or the id of an image without a tag
 * @throws {NotFoundError} if vcluster-box did not create an image with one of the tags
 * @throws {ImageError} if a container uses one of the images
 */
export async function removeImages(engine: Engine, selection: readonly string[] | 'all'): Promise<readonly string[]> {
  const images = await listImages(engine);
  const selected = selection === 'all' ? images : selection.map((tag) => find(images, tag));
  const containers = await engine.findContainers({});
  for (const image of selected) requireUnused(image, containers);
  const names = selected.map(nameOf);
  // In order: a base image can be removed only after the images that are built on it.
  for (const name of names) await engine.removeImage(name);
  return names;
}

function find(images: readonly OwnImage[], tag: string): OwnImage {
  const image = images.find((one) => one.tag === tag);
  if (image !== undefined) return image;
  const tags = images.flatMap((one) => one.tag ?? []);
  throw new NotFoundError(`there is no image ${tag} that vcluster-box created`, {
    hint: tags.length > 0 ? `existing images: ${tags.join(', ')}` : '`vcluster-box image ls` lists no images',
  });
}

function requireUnused(image: OwnImage, containers: readonly ContainerSummary[]): void {
  const user = containers.find((container) => container.image === image.tag || container.image === image.id);
  if (user === undefined) return;
  const cluster = user.labels[label.cluster];
  const owner = cluster === undefined ? `container ${user.name}` : `cluster ${cluster}`;
  throw new ImageError(`the image ${nameOf(image)} is in use by ${owner}`, {
    hint: cluster === undefined ? `docker rm ${user.name}` : `vcluster-box down ${cluster}`,
  });
}

function nameOf({ tag, id }: OwnImage): string {
  return tag ?? id;
}

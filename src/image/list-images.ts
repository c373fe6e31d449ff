import { type Engine, type ImageSummary } from '../engine/engine.ts';
import { imageLabels } from './labels.ts';
import { isQaTag, isSliceTag } from './tag.ts';

export interface OwnImage {
  readonly kind: 'slice' | 'qa' | 'base';
  /** `undefined` when a newer image has taken its name */
  readonly tag: string | undefined;
  readonly id: string;
  /** Ganeti's version in a slice image or one with its QA suite, the Debian release of a base image */
  readonly version: string;
  /** bytes */
  readonly size: number;
  /** seconds since the epoch */
  readonly createdAt: number;
}

/** The images that this program made, each before what it is built on, and of each kind the newest first. */
export async function listImages(engine: Engine): Promise<readonly OwnImage[]> {
  const labelled = await engine.findImages({ [imageLabels.kind]: 'slice' });
  const slices = labelled.filter(({ tags }) => tags.length === 0 || tags.some(isSliceTag));
  const bases = await engine.findImages({ [imageLabels.base]: '' });
  const suites = await engine.findImages({ [imageLabels.kind]: 'qa' });
  return [
    ...newestFirst(suites.filter(isOwnQa).flatMap((image) => describe(image, 'qa', imageLabels.ganeti))),
    ...newestFirst(slices.flatMap((image) => describe(image, 'slice', imageLabels.ganeti))),
    // An image that was built on a base image has its labels, too.
    ...newestFirst(
      bases
        .filter(({ labels }) => labels[imageLabels.kind] === undefined)
        .flatMap((image) => describe(image, 'base', imageLabels.base)),
    ),
  ];
}

function isOwnQa({ tags }: ImageSummary): boolean {
  return tags.length === 0 || tags.some(isQaTag);
}

function describe(image: ImageSummary, kind: OwnImage['kind'], versionLabel: string): readonly OwnImage[] {
  const { id, tags, labels, size, createdAt } = image;
  const version = labels[versionLabel] ?? '';
  const names = tags.length > 0 ? tags : [undefined];
  return names.map((tag) => ({ kind, tag, id, version, size, createdAt }));
}

function newestFirst(images: readonly OwnImage[]): readonly OwnImage[] {
  return [...images].sort((a, b) => b.createdAt - a.createdAt);
}

import { createHash } from 'node:crypto';
import type { GanetiVersion } from '../config/defaults.ts';
import type { Labels } from '../engine/engine.ts';

/** Labels of images.  Containers inherit them, so none of them makes a container part of a cluster. */
export const imageLabels = {
  /** `slice` on slice images; `qa` on images with Ganeti's QA suite, which are built on slice images */
  kind: 'vcluster-box.image',
  /** version of Ganeti, on slice images */
  ganeti: 'vcluster-box.ganeti',
  /** hash of the build context, on slice images that vcluster-box built */
  context: 'vcluster-box.context',
  /** hash of the packages or the tree, on slice images with Ganeti of the user */
  own: 'vcluster-box.own',
  /** version of that Ganeti as it says it itself: `3.0.2` */
  ownVersion: 'vcluster-box.own.version',
  /** where it is from: `packages 3.0.2-3+mine1`, or `tree` */
  ownSource: 'vcluster-box.own.source',
  /** Debian release, on base images that vcluster-box created */
  base: 'vcluster-box.base',
} as const;

const repository = 'vcluster-box';
const qaRepository = 'vcluster-box-qa';
const baseRepository = 'vcluster-box-base';

export interface ImageIngredients {
  readonly ganeti: GanetiVersion;
  /** hash of the build context */
  readonly contextHash: string;
  /** the engine's id of the base image, which is a hash of its content */
  readonly baseId: string;
}

/**
 * The tag of a slice image identifies its ingredients: an image with this tag is up to date.
 *
 * Mirrors and proxies are not ingredients: they provide the same packages.
 */
export function imageTag({ ganeti, contextHash, baseId }: ImageIngredients): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([ganeti, contextHash, baseId]))
    .digest('hex');
  return `${repository}:${ganeti}-${hash.slice(0, 12)}`;
}

/** The tag of an image with Ganeti's QA suite, which is built on a slice image. */
export function qaImageTag(ingredients: ImageIngredients): string {
  return imageTag(ingredients).replace(`${repository}:`, `${qaRepository}:`);
}

export function isQaTag(tag: string): boolean {
  return tag.startsWith(`${qaRepository}:`);
}

/** The tag of a base image that vcluster-box created. */
export function baseImageTag(release: string): string {
  return `${baseRepository}:${release}`;
}

export function isBaseTag(tag: string): boolean {
  return tag.startsWith(`${baseRepository}:`);
}

/** Labels do not identify slice images: images that are built on them inherit the labels. */
export function isSliceTag(tag: string): boolean {
  return tag.startsWith(`${repository}:`);
}

/** The version of Ganeti in an image, or of a container of it; `undefined` if it has no such labels. */
export function ganetiVersionOf(labels: Labels): string | undefined {
  return labels[imageLabels.ownVersion] ?? labels[imageLabels.ganeti];
}

/** Where the user's Ganeti in an image is from; null: it is Debian's. */
export function ganetiSourceOf(labels: Labels): string | null {
  return labels[imageLabels.ownSource] ?? null;
}

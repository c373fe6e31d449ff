import { createHash } from 'node:crypto';
import { type GanetiVersion } from './releases.ts';

const repository = 'vcluster-box';
const qaRepository = 'vcluster-box-qa';

export interface ImageIngredients {
  readonly ganeti: GanetiVersion;
  /** of the build context */
  readonly contextHash: string;
  /** The engine's id of the base image, which is a hash of its content. */
  readonly baseId: string;
}

/**
 * The tag says what went in, so an image that is there needs no second look, and a changed one has another name.
 *
 * Mirrors and proxies do not count: they say where packages come from, not which.
 */
export function imageTag({ ganeti, contextHash, baseId }: ImageIngredients): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([ganeti, contextHash, baseId]))
    .digest('hex');
  return `${repository}:${ganeti}-${hash.slice(0, 12)}`;
}

/** An image with Ganeti's QA suite on top of a slice image. */
export function qaImageTag({ ganeti, contextHash, baseId }: ImageIngredients): string {
  return imageTag({ ganeti, contextHash, baseId }).replace(`${repository}:`, `${qaRepository}:`);
}

export function isQaTag(tag: string): boolean {
  return tag.startsWith(`${qaRepository}:`);
}

/** Not all that has our labels is a slice image: what is made of one inherits them. */
export function isSliceTag(tag: string): boolean {
  return tag.startsWith(`${repository}:`);
}

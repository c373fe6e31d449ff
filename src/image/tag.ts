import { createHash } from 'node:crypto';
import { type GanetiVersion } from './releases.ts';

const repository = 'vcluster-box';

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

/** Not all that has our labels is a slice image: what is made of one inherits them. */
export function isSliceTag(tag: string): boolean {
  return tag.startsWith(`${repository}:`);
}

import type { GanetiVersion } from '../../config/defaults.ts';
import type { Engine } from '../../engine/engine.ts';
import { ImageError, NotFoundError } from '../../errors.ts';
import { type Change, changeShape, readChanges, readImageChanges } from '../../image/changes.ts';
import { findBuilt } from '../../image/ensure-image.ts';
import { ganetiVersionOf } from '../../image/labels.ts';
import { checkOwnGaneti } from '../../image/own/check-own.ts';
import type { OwnGaneti } from '../../image/own/read-own.ts';
import { askSlice } from '../ask-slice.ts';
import { findCluster } from '../find.ts';
import { engineOf } from '../multi-engine/multi-engine.ts';

/** The changes that vcluster-box makes to some Ganeti, and whether they fit. */
export interface ExaminedGaneti {
  /** the cluster, the image, or the packages or tree */
  readonly of: string;
  /** null when the image does not say */
  readonly ganeti: string | null;
  readonly changes: readonly Change[];
}

/** Examines the Ganeti of a cluster, as it is now; of a stopped cluster, as it was when its image was built. */
export async function examineCluster(engine: Engine, cluster: string): Promise<ExaminedGaneti> {
  const { name, slices } = await findCluster(engine, cluster);
  const [slice] = slices;
  const own = engineOf(engine, slice.name);
  const changes =
    slice.state === 'running'
      ? await askSlice<readonly Change[]>(own, slice.name, { command: 'changes', shape: [changeShape] })
      : await readChanges(own, slice.name);
  return { of: `cluster ${name}`, ganeti: ganetiVersionOf(slice.labels) ?? null, changes };
}

/**
 * Examines the Ganeti of a slice image, or of the user.
 *
 * @throws {NotFoundError} if there is no slice image of that version
 */
export async function examineImage(
  engine: Engine,
  { ganeti, own, signal }: { ganeti: GanetiVersion; own: OwnGaneti | undefined; signal: AbortSignal },
): Promise<ExaminedGaneti> {
  const { tag: image } = await findBuilt(engine, { ganeti });
  if (image === undefined) {
    throw new NotFoundError(`there is no image with Ganeti ${ganeti}`, {
      hint: `build it: vcluster-box image build --ganeti ${ganeti}`,
    });
  }
  if (own === undefined) return { of: `image ${image}`, ganeti, changes: await readImageChanges(engine, image) };
  const { changes, missing, ganeti: version } = await checkOwnGaneti(engine, own, { image, ganeti, signal });
  if (changes !== null) return { of: `${own.kind} ${own.from}`, ganeti: version, changes };
  throw new ImageError(`the image lacks what the packages need: ${missing.join(', ')}`, {
    hint: 'build the image, which installs that (vcluster-box image build --packages), and look at a cluster of it',
  });
}

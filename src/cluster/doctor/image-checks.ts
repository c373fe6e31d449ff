import type { Engine } from '../../engine/engine.ts';
import { findLocalBase } from '../../image/base-image.ts';
import { imageLabels } from '../../image/labels.ts';
import { debianRelease, ganetiVersions, type GanetiVersion } from '../../image/releases.ts';
import { check, type Check } from './check.ts';

/** Whether a cluster of each version could be made without a registry. */
export function imageChecks(engine: Engine): Promise<readonly Check[]> {
  return Promise.all(ganetiVersions.map((version) => imageCheck(engine, version)));
}

async function imageCheck(engine: Engine, ganeti: GanetiVersion): Promise<Check> {
  const base = await findLocalBase(engine, { ganeti });
  const slices = await engine.findImages({ [imageLabels.kind]: 'slice', [imageLabels.ganeti]: ganeti });
  const built = slices.some(({ tags }) => tags.length > 0);
  const there = built ? 'the slice image is there' : base && `its base image ${base.name} is there`;
  return check(
    `image ${ganeti}`,
    there ?? `neither the slice image nor a base image of Debian ${debianRelease(ganeti)} is there`,
    {
      holds: there !== undefined,
      remedy: `a registry, or mmdebstrap, will be needed: vcluster-box image build --ganeti ${ganeti}`,
    },
  );
}

import type { Engine } from '../../engine/engine.ts';
import { imageLabels } from '../../image/labels.ts';
import { debianRelease, ganetiVersions, type GanetiVersion } from '../../image/releases.ts';
import { check, type Check } from './check.ts';

/** Whether a cluster of each version could be made without a registry. */
export function imageChecks(engine: Engine): Promise<readonly Check[]> {
  return Promise.all(ganetiVersions.map((version) => imageCheck(engine, version)));
}

async function imageCheck(engine: Engine, ganeti: GanetiVersion): Promise<Check> {
  const base = `debian:${debianRelease(ganeti)}-slim`;
  const slices = await engine.findImages({ [imageLabels.kind]: 'slice', [imageLabels.ganeti]: ganeti });
  const built = slices.some(({ tags }) => tags.length > 0);
  const there = built ? 'the slice image is there' : (await engine.inspectImage(base)) && `${base} is there`;
  return check(`image ${ganeti}`, there ?? `neither a slice image nor ${base} is there`, {
    holds: there !== undefined,
    remedy: `a registry, or root and debootstrap, will be needed: vcluster-box image build --ganeti ${ganeti}`,
  });
}

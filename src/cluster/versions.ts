import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { VclusterError } from '../errors.ts';
import { ganetiSourceOf } from '../image/labels.ts';
import { listImages } from '../image/own-images.ts';
import { label, sliceNumber } from '../plan/labels.ts';
import { nodeDirectory, slicePaths } from '../plan/slice-paths.ts';
import { findClusters, type LocalCluster } from './find.ts';
import { parsePlan } from './current-plan.ts';

/** Versions of all components. */
export interface Versions {
  /** of vcluster-box */
  readonly version: string;
  /** null when no engine is available; `problem` says why */
  readonly engine: EngineVersion | null;
  readonly problem: string | null;
  /** slice images, newest first */
  readonly images: readonly ImageVersion[];
  readonly clusters: readonly ClusterVersion[];
}

export interface ImageVersion {
  readonly image: string;
  readonly ganeti: string;
  /** where Ganeti of the user is from: `packages 3.0.2-3+mine1`, or `tree`; null: it is Debian's */
  readonly source: string | null;
}

export interface EngineVersion {
  readonly name: string;
  readonly version: string;
  readonly api: string;
  readonly endpoint: string;
}

export interface ClusterVersion {
  readonly name: string;
  /** full version, such as `3.0.2`; null before the cluster is initialised */
  readonly ganeti: string | null;
  /** as in `ImageVersion` */
  readonly source: string | null;
  /** version of the vcluster-box that created it; null when it was created otherwise */
  readonly madeBy: string | null;
  readonly image: string;
}

/** Does not fail without an engine, but returns what is known without one. */
export async function findVersions(version: string, connect: () => Promise<Engine>): Promise<Versions> {
  const none = { version, engine: null, images: [], clusters: [] };
  try {
    return { version, problem: null, ...(await askEngine(await connect())) };
  } catch (error) {
    if (error instanceof VclusterError) return { ...none, problem: error.message };
    throw error;
  }
}

async function askEngine(engine: Engine) {
  const [info, images, clusters] = await Promise.all([engine.describe(), listImages(engine), findClusters(engine)]);
  const { name, version, apiVersion: api } = info;
  return {
    engine: { name, version, api, endpoint: engine.endpoint },
    images: images
      .filter(({ kind }) => kind === 'slice')
      .map(({ tag, id, version: ganeti, source }) => ({ image: tag ?? id, ganeti, source })),
    clusters: await Promise.all(clusters.map((cluster) => clusterVersion(engine, cluster))),
  };
}

async function clusterVersion(engine: Engine, { name, slices: [slice] }: LocalCluster): Promise<ClusterVersion> {
  const { labels, image } = slice;
  const ganeti = await ganetiVersion(engine, slice);
  return { name, ganeti, source: ganetiSourceOf(labels), madeBy: labels[label.version] ?? null, image };
}

/** Reads a file that Ganeti keeps on every node, which also works on a stopped cluster. */
async function ganetiVersion(engine: Engine, slice: ContainerSummary): Promise<string | null> {
  const read = async (path: string) => (await engine.readFile(slice.id, path))?.toString().trim();
  const plan = parsePlan((await read(slicePaths.plan)) ?? '');
  const node = plan?.nodes.find((one) => one.slice === sliceNumber(slice));
  if (plan === undefined || node === undefined) return null;
  return (await read(`${nodeDirectory(plan, node)}/var/lib/ganeti/ssconf_release_version`)) ?? null;
}

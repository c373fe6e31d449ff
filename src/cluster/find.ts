import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { NotFoundError } from '../errors.ts';
import { isSlice, label, ofCluster } from '../plan/labels.ts';

/** A cluster as the engine's labels tell of it. */
export interface Cluster {
  readonly name: string;
  /** never empty; in the order of their numbers */
  readonly slices: readonly [ContainerSummary, ...ContainerSummary[]];
}

/** All clusters there are, sorted by name.  What is left of one whose slice is gone is none. */
export async function findClusters(engine: Engine): Promise<readonly Cluster[]> {
  const clusters = new Map<string, [ContainerSummary, ...ContainerSummary[]]>();
  for (const container of (await engine.findContainers(ofCluster())).filter(isSlice)) {
    const name = container.labels[label.cluster] ?? '';
    clusters.set(name, [container, ...(clusters.get(name) ?? [])]);
  }
  return [...clusters]
    .map(([name, slices]): Cluster => ({ name, slices: slices.sort((a, b) => sliceNumber(a) - sliceNumber(b)) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The cluster of that name; without a name, the only one there is, else `vcluster`.
 *
 * @throws {NotFoundError} naming those that exist
 */
export async function findCluster(engine: Engine, asked?: string): Promise<Cluster> {
  const clusters = await findClusters(engine);
  const name = chooseName(clusters, asked);
  const found = clusters.find((cluster) => cluster.name === name);
  if (found === undefined) throw notFound(clusters, asked);
  return found;
}

/**
 * The name that was asked for; else that of the only cluster there is, else `vcluster`.
 *
 * @throws {NotFoundError} when nothing was asked for and there are several, none of them `vcluster`
 */
export function chooseName(clusters: readonly Cluster[], asked?: string): string {
  if (asked !== undefined) return asked;
  const names = clusters.map(({ name }) => name);
  const [only = 'vcluster', ...others] = names;
  if (others.length === 0) return only;
  if (names.includes('vcluster')) return 'vcluster';
  throw new NotFoundError(`there are several clusters: ${names.join(', ')}`, { hint: 'choose one with -c NAME' });
}

/** @throws {NotFoundError} when a slice of it does not run */
export function requireRunning({ name, slices }: Cluster): void {
  const down = slices.find(({ state }) => state !== 'running');
  if (down === undefined) return;
  const paused = down.state === 'paused';
  throw new NotFoundError(
    `cluster ${name} is ${paused ? 'paused' : 'stopped'} (container ${down.name} is ${down.state})`,
    {
      hint: paused ? `resume it: vcluster-box unpause ${name}` : `start it: vcluster-box start ${name}`,
    },
  );
}

function sliceNumber({ labels }: ContainerSummary): number {
  return Number(labels[label.slice] ?? 1);
}

function notFound(clusters: readonly Cluster[], asked: string | undefined): NotFoundError {
  const names = clusters.map(({ name }) => name).join(', ');
  const wanted = asked === undefined ? '' : ` ${asked}`;
  if (clusters.length === 0) {
    return new NotFoundError(`there is no cluster${wanted}${asked === undefined ? '' : ', nor any other'}`, {
      hint: `make one: vcluster-box up${wanted}`,
    });
  }
  return new NotFoundError(`there is no cluster${wanted}`, { hint: `there is: ${names}` });
}

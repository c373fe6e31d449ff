import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { NotFoundError } from '../errors.ts';
import { label, ofCluster } from '../plan/labels.ts';

/** A cluster as the engine's labels tell of it. */
export interface Cluster {
  readonly name: string;
  /** never empty; in the order of their numbers */
  readonly slices: readonly [ContainerSummary, ...ContainerSummary[]];
}

/** All clusters there are, sorted by name. */
export async function findClusters(engine: Engine): Promise<readonly Cluster[]> {
  const clusters = new Map<string, [ContainerSummary, ...ContainerSummary[]]>();
  for (const container of await engine.findContainers(ofCluster())) {
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
export async function findCluster(engine: Engine, name?: string): Promise<Cluster> {
  const clusters = await findClusters(engine);
  const [only, ...others] = clusters;
  if (name === undefined && only !== undefined && others.length === 0) return only;
  const found = clusters.find((cluster) => cluster.name === (name ?? 'vcluster'));
  if (found !== undefined) return found;
  throw notFound(
    name,
    clusters.map((cluster) => cluster.name),
  );
}

/** @throws {NotFoundError} when a slice of it does not run */
export function requireRunning({ name, slices }: Cluster): void {
  const down = slices.find(({ state }) => state !== 'running');
  if (down === undefined) return;
  const paused = down.state === 'paused';
  throw new NotFoundError(
    `cluster ${name} is ${paused ? 'paused' : 'stopped'} (container ${down.name} is ${down.state})`,
    {
      hint: paused ? `resume it: docker unpause ${down.name}` : `start it: vcluster-box up ${name}`,
    },
  );
}

function sliceNumber({ labels }: ContainerSummary): number {
  return Number(labels[label.slice] ?? 1);
}

function notFound(name: string | undefined, names: readonly string[]): NotFoundError {
  if (names.length === 0) {
    const what = name === undefined ? 'there is no cluster' : `there is no cluster ${name}, nor any other`;
    return new NotFoundError(what, { hint: `make one: vcluster-box up${name === undefined ? '' : ` ${name}`}` });
  }
  if (name === undefined) {
    return new NotFoundError(`there are several clusters: ${names.join(', ')}`, { hint: 'choose one with -c NAME' });
  }
  return new NotFoundError(`there is no cluster ${name}`, { hint: `there is: ${names.join(', ')}` });
}

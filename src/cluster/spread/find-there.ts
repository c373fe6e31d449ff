import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../engine/engine.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import { isSlice, ofCluster } from '../../plan/labels.ts';
import { type Cluster, findCluster } from '../find.ts';
import { connectFleet } from '../fleet/fleet.ts';
import type { Host } from './host.ts';

/** A cluster of that name, and an engine by which all of its slices are reached. */
export interface There {
  readonly engine: Engine;
  readonly cluster: Cluster;
}

export interface Search {
  readonly name: string;
  readonly connect: EngineProvider['connect'];
  readonly addressOf: EngineProvider['addressOf'];
  readonly stateDirectory: string;
  readonly signal: AbortSignal;
}

/**
 * What hosts have of a cluster of that name.
 *
 * @throws {ConflictError} when it is one on a single host
 */
export async function findThere(hosts: readonly Host[], search: Search): Promise<There | undefined> {
  const found = await Promise.all(hosts.map(({ engine }) => engine.findContainers(ofCluster(search.name))));
  const host = hosts[found.findIndex((containers) => containers.some(isSlice))];
  if (host === undefined) return undefined;
  const { connect, addressOf, stateDirectory, name } = search;
  const atHand = () => Promise.resolve(host.engine);
  const engine = await connectFleet({ engine: atHand, connect, addressOf }, stateDirectory);
  const cluster = await findCluster(engine, name);
  if (cluster.hosts !== undefined) return { engine, cluster };
  throw new ConflictError(`host ${host.endpoint}: there is a cluster ${name} already, which is not on several hosts`, {
    hint: `choose another name, or remove it: DOCKER_HOST=${host.endpoint} vcluster-box down ${name}`,
  });
}

const patienceMs = 60_000;

/**
 * The cluster that another run has just begun to make, when all of its slices are there.
 *
 * @throws {ConflictError} when that run gives up
 */
export async function awaitOther(hosts: readonly Host[], search: Search): Promise<There> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    search.signal.throwIfAborted();
    const there = await findThere(hosts, search).catch((error: unknown) => {
      // It may be half-made, or just gone.
      if (error instanceof NotFoundError || error instanceof ConflictError) return undefined;
      throw error;
    });
    if (there !== undefined && isWhole(there)) return there;
    await delay(200);
  }
  throw new ConflictError(`another \`up\` was making the cluster ${search.name}, and did not get far`, {
    hint: 'try again',
  });
}

function isWhole({ cluster: { missing, slices } }: There): boolean {
  return missing.length === 0 && slices.every(({ state }) => state !== 'created');
}

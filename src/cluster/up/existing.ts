import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { ConflictError, EngineError, NotFoundError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { OwnGaneti } from '../../image/own/read-own.ts';
import { isSlice, ofCluster } from '../../plan/labels.ts';
import { waitUntil } from '../../wait.ts';
import { type Cluster, findCluster } from '../find.ts';
import { connectMultiEngine, engineOf } from '../multi-engine/multi-engine.ts';
import { onAllHosts, type SliceHost } from './hosts.ts';
import { type FoundSlice, isPartlyCreated, isInGracePeriod, refuseOtherOptions } from './partly-created.ts';
import { steps } from './steps.ts';

/** A cluster that exists, and an engine that reaches all of its slices. */
export interface ExistingCluster {
  readonly engine: Engine;
  readonly cluster: Cluster;
}

export interface Search {
  readonly engines: EngineProvider;
  readonly request: ClusterRequest;
  readonly own: OwnGaneti | undefined;
  readonly stateDirectory: string;
  readonly signal: AbortSignal;
  readonly report: Report;
}

/**
 * The hosts on which the cluster would be created.  Without `--host`, it can be found while that one does not answer.
 */
type HostsToCreate = () => Promise<readonly SliceHost[]>;

/** The result of the search.  A partly created cluster must be removed first. */
export type SearchResult =
  | { readonly type: 'none' }
  | ({ readonly type: 'cluster' } & ExistingCluster)
  | { readonly type: 'partly-created'; readonly slices: readonly FoundSlice[] };

const otherUpTimeoutMs = 60_000;

/**
 * Looks for the cluster on the hosts, and on others if none were named.  Waits while another `up` is creating it.
 *
 * @throws {ConflictError} when it is partly created with other options, or something else has its container's name
 */
export async function findExisting(hosts: HostsToCreate, search: Search): Promise<SearchResult> {
  const { request, own, report, signal } = search;
  let waiting = false;
  const look = async (): Promise<SearchResult | undefined> => {
    const found = await findSlices(hosts, search);
    const { slices } = found;
    if (!(await isPartlyCreated(slices))) return found.cluster ?? none(hosts, search);
    if (found.unreachable) return found.cluster;
    if (!(await isInGracePeriod(slices))) {
      refuseOtherOptions(slices, request, own);
      return { type: 'partly-created', slices };
    }
    if (!waiting) reportWaiting(request.spec.name, report);
    waiting = true;
    return undefined;
  };
  const found = await waitUntil(look, { timeoutMs: otherUpTimeoutMs, intervalMs: 200, signal });
  if (found !== undefined) return found;
  throw new ConflictError(`timed out waiting for another \`vcluster-box up ${request.spec.name}\``, {
    hint: 'try again',
  });
}

interface FoundSlices {
  readonly slices: readonly FoundSlice[];
  /** undefined: there is none */
  readonly cluster: ({ readonly type: 'cluster' } & ExistingCluster) | undefined;
  /** whether a slice can exist that cannot be seen now */
  readonly unreachable: boolean;
}

async function findSlices(hosts: HostsToCreate, search: Search): Promise<FoundSlices> {
  const { name, hosts: wanted } = search.request.spec;
  const named = wanted.length > 0;
  const onHosts = await onAllHosts(named ? await hosts() : [], async ({ engine }) => {
    const slices = (await engine.findContainers(ofCluster(name))).filter(isSlice);
    return slices.map((slice) => ({ engine, slice }));
  });
  const found = onHosts.flat();
  const nothing = { slices: found, cluster: undefined, unreachable: false };
  if (named && found.length === 0) return nothing;
  const engine = await searchEngine(found, search);
  const cluster = await findIfExists(engine, name);
  if (cluster === undefined) return nothing;
  return {
    slices: named ? found : cluster.slices.map((slice) => ({ engine: engineOf(engine, slice.name), slice })),
    cluster: { type: 'cluster', engine, cluster },
    unreachable: !named && cluster.missing.some(({ reason }) => reason !== 'gone'),
  };
}

/** The default engine, or one of the named hosts that has a slice. */
async function searchEngine([first]: readonly FoundSlice[], { engines, stateDirectory }: Search): Promise<Engine> {
  if (first === undefined) return engines.engine();
  return connectMultiEngine({ ...engines, engine: () => Promise.resolve(first.engine) }, stateDirectory);
}

async function findIfExists(engine: Engine, name: string): Promise<Cluster | undefined> {
  try {
    return await findCluster(engine, name);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** @throws {ConflictError} when a container of another origin has the name of one that `up` would create */
async function none(hosts: HostsToCreate, { request }: Search): Promise<SearchResult> {
  const { name } = request.spec;
  await onAllHosts(await hosts(), async ({ engine, container }) => {
    const found = await engine.inspectContainer(container);
    if (found === undefined) return;
    // Perhaps another `up` has just created it.
    if ((await engine.findContainers(ofCluster(name))).some(({ id }) => id === found.id)) return;
    throw new ConflictError(`container ${container} already exists, and vcluster-box did not create it`, {
      hint: `choose another name (vcluster-box up NAME), or remove it: docker rm ${container}`,
    });
  });
  return { type: 'none' };
}

function reportWaiting(name: string, report: Report): void {
  const message = `Another \`vcluster-box up ${name}\` is creating the cluster, or was killed: waiting for it.`;
  report({ type: 'notice', message });
  // On a terminal, notices appear below the steps only when all are done.
  report({ type: 'step-progress', id: steps.check.id, text: message });
}

const appearTimeoutMs = 5000;

/**
 * The cluster that another `up` has begun to create just now.  The engine reserves a container's name some time before
 * it lists the container, and an `up` that meets a busy port creates its container twice.
 *
 * @throws {ConflictError} when that `up` fails
 */
export async function awaitOtherUp(hosts: HostsToCreate, search: Search): Promise<ExistingCluster> {
  const { request, report, signal } = search;
  const { name } = request.spec;
  report({ type: 'notice', message: `Another \`vcluster-box up ${name}\` is creating the cluster: waiting for it.` });
  const look = async () => {
    const found = await findExisting(hosts, search).catch((error: unknown) => {
      // Perhaps the other `up` is removing what it has created.
      if (error instanceof EngineError) return undefined;
      throw error;
    });
    return found?.type === 'cluster' ? found : undefined;
  };
  const other = await waitUntil(look, { timeoutMs: appearTimeoutMs, intervalMs: 50, signal });
  if (other !== undefined) return other;
  throw new ConflictError(`another \`vcluster-box up ${name}\` failed to create the cluster`, { hint: 'try again' });
}

import { isIPv4 } from 'node:net';
import { defaultMemory } from '../../config/defaults.ts';
import type { HostOptions } from '../../config/host-options.ts';
import { type ClusterRequest, parseClusterSpec } from '../../config/parse-cluster-spec.ts';
import type { ContainerDetails, Engine } from '../../engine/engine.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { ConflictError, UnreachableError, UsageError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { nextSlice } from '../../plan/choose-slice.ts';
import { givenBefore, isSlice, ofCluster } from '../../plan/labels.ts';
import { planNeeds } from '../../plan/needs.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Cluster, sliceHosts } from '../find.ts';
import { inspectFirst } from '../inspect.ts';
import { commonManager, findAddresses, type Underlay } from '../multi-host/underlay.ts';
import { findPlan } from '../current-plan.ts';
import { askHost, type Host, type Hosts, onAllHosts, refuseUnlike, slot, withHostPrefix } from '../up/hosts.ts';
import { compareClocks, preflightHost } from '../up/preflight.ts';

/** A host that is to join a cluster. */
export interface JoiningHost {
  /** reaches all slices of the cluster */
  readonly engine: Engine;
  /** all of it runs */
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly options: HostOptions;
  /** how many nodes it gets at first */
  readonly count: number;
}

/** A host that can join, and what the check found. */
export interface CheckedHost {
  readonly host: Host;
  /** that of the first slice; the new one is created like it */
  readonly container: ContainerDetails;
  readonly request: ClusterRequest;
  readonly underlay: Underlay;
  /** by which each host is reached by the others, the new one last */
  readonly addresses: readonly (string | undefined)[];
}

/**
 * Finds out everything that must be known before anything is created.
 *
 * @throws {VclusterError} of the kind that says why the host cannot join
 */
export async function checkHost(
  joining: JoiningHost,
  engines: Pick<EngineProvider, 'connect' | 'addressOf'>,
  report: Report,
): Promise<CheckedHost> {
  const { engine, cluster, plan, options } = joining;
  const container = await inspectFirst(engine, cluster);
  const [first, ...others] = await existingHosts(joining);
  const host = await connectHost(engines, joining);
  const all: Hosts = [first, ...others, host];
  refuseUnlike(all);
  compareClocks(all, report);
  const underlay = underlayOf(plan, { network: container.network, hosts: all, options });
  const request = requestOf(cluster.name, container);
  await refuseLeftovers(host, cluster.name, plan).catch((error: unknown) => {
    throw withHostPrefix(host, error);
  });
  preflightNodes(host, joining, request, report);
  const addresses = await findAddresses(engines.addressOf, all, { underlay, network: plan.network });
  return { host, container, request, underlay, addresses };
}

/** The hosts of the cluster, with what its plan and their engines say about them. */
async function existingHosts({ engine, cluster, plan }: JoiningHost): Promise<Hosts> {
  const ask = async ({ number, endpoint, engine: own }: ReturnType<typeof sliceHosts>[number]) => {
    const address = plan.slices.find((one) => one.number === number)?.underlay?.address ?? '';
    const advertise = isIPv4(address) ? { advertise: address } : {};
    return askHost(own, { endpoint, ...advertise }, slot(cluster.name, number));
  };
  const [first, ...others] = sliceHosts(engine, cluster);
  const [one, more] = await Promise.all([ask(first), onAllHosts(others, ask)]);
  return [one, ...more];
}

/** Users who mistype the name of an existing host see the names of all. */
async function connectHost(
  { connect }: Pick<EngineProvider, 'connect'>,
  { cluster, options, plan }: JoiningHost,
): Promise<Host> {
  try {
    return await askHost(await connect(options.endpoint), options, slot(cluster.name, nextSlice(plan)));
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const what = `${options.endpoint} is not a host of the cluster, and cannot be reached to join it`;
    const known = plan.slices.map(({ endpoint }) => endpoint).join(', ');
    throw new UnreachableError(what, error.problem, { hint: `the cluster is on: ${known}`, output: error.output });
  }
}

interface Extended {
  /** that the cluster's containers are on */
  readonly network: string;
  /** all of them, the new one last */
  readonly hosts: Hosts;
  readonly options: HostOptions;
}

/**
 * What carries the network between the slices of an existing cluster.
 *
 * @throws {UsageError} when a port was given, and none is published
 * @throws {ConflictError} when it does not reach the new host
 */
function underlayOf({ overlay, slices }: Plan, { network, hosts, options }: Extended): Underlay {
  if (overlay?.kind !== 'vxlan') {
    const message = `a cluster on a network of its hosts (${network}) cannot be extended to further hosts`;
    throw new ConflictError(message, { hint: recreateHint });
  }
  if (slices.every(({ underlay }) => underlay !== null && isIPv4(underlay.address))) return { kind: 'ports' };
  if (options.port !== undefined) {
    throw new UsageError('--host: a swarm network carries everything, so port cannot be used', {
      hint: 'leave it out',
    });
  }
  if (commonManager(hosts) !== undefined) return { kind: 'swarm', network };
  throw new ConflictError(`${options.endpoint} is not in the swarm whose network ${network} the cluster is on`, {
    hint: 'join it to the swarm first: docker swarm join',
  });
}

export const recreateHint = 'create it on all hosts from the start: vcluster-box up --host ENDPOINT --host ENDPOINT';

/** What the cluster was created with, as far as its containers know. */
function requestOf(name: string, container: ContainerDetails): ClusterRequest {
  const given = givenBefore(container);
  return { spec: { ...parseClusterSpec({ name }, 'the cluster').spec, ...given }, given };
}

async function refuseLeftovers({ engine }: Host, name: string, { overlay }: Plan): Promise<void> {
  const [found] = (await engine.findContainers(ofCluster(name))).filter(isSlice);
  if (found === undefined) return;
  const other = await findPlan(engine, found.id);
  const vni = (of: Plan['overlay'] | undefined) => (of?.kind === 'vxlan' ? of.vni : undefined);
  const own = vni(other?.overlay) !== undefined && vni(other?.overlay) === vni(overlay);
  const what = own
    ? 'a slice of this cluster already exists: an earlier `node add` was interrupted'
    : `another cluster ${name} already exists`;
  throw new ConflictError(what, { hint: `remove it there (docker rm --force ${found.name}), then try again` });
}

function preflightNodes(
  host: Host,
  { plan, count }: JoiningHost,
  { spec, given }: ClusterRequest,
  report: Report,
): void {
  const memory = given.memory ?? defaultMemory(count);
  const nodes = plan.nodes.slice(0, 1).flatMap((node) => Array<typeof node>(count).fill(node));
  preflightHost(host, { ...spec, memory }, { nodes, needs: planNeeds(count) }, report);
}

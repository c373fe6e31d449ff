import type { ClusterSpec } from '../config/cluster-spec.ts';
import { completeGroups } from '../config/node-options.ts';
import { planAddresses, planSecondaryAddresses, refuseTooManySlices, type SecondaryAddresses } from './addresses.ts';
import { initArguments } from './init-arguments.ts';
import { containerName } from './names.ts';
import { planNeeds } from './needs.ts';
import { type NodesSpec, planNodes, planResources } from './plan-nodes.ts';
import { type InstanceSpec, planInstances } from './plan-instances.ts';
import type { Plan } from './plan.ts';
import { slicePaths } from './slice-paths.ts';

type PlannedSpec = Pick<ClusterSpec, 'nodes' | 'subnet' | 'domain' | 'watcher'> &
  Partial<Pick<ClusterSpec, 'groups' | 'hosts' | 'rapi' | 'name' | 'nodeMemory' | 'nodeCpus' | 'nodeDisk'>> &
  Partial<Pick<ClusterSpec, 'secondarySubnet' | 'bridges'>> &
  Omit<NodesSpec, 'usual'> &
  InstanceSpec;

/**
 * Plans a cluster.  The same spec always yields the same plan, and a plan for more nodes starts with the nodes of a
 * plan for fewer.  The plan does not contain the expiry time, which depends on when the cluster is created
 * (`withDeadline`).
 *
 * @throws {UsageError} when the subnet is too small
 */
export function planCluster(spec: PlannedSpec): Plan {
  const { nodes: count, subnet, domain, watcher, groups = completeGroups(1) } = spec;
  const addresses = planAddresses(subnet, count);
  refuseTooManySlices(subnet, spec.hosts?.length ?? 0);
  const newNodes = planResources({ memory: spec.nodeMemory, cpus: spec.nodeCpus, disk: spec.nodeDisk });
  const nodes = planNodes({ ...spec, usual: newNodes, groups }, addresses.node, secondaryAddresses(spec));
  const cluster = { names: [`cluster.${domain}`, 'cluster'], address: addresses.cluster };
  const container = spec.name === undefined ? undefined : containerName(spec.name, 1);
  return {
    version: 1,
    slice: 1,
    cluster,
    directory: slicePaths.nodes,
    network: planNetwork(spec),
    overlay: null,
    slices: [{ number: 1, address: null, endpoint: 'default', engine: '', underlay: null }],
    groups,
    nodes,
    newNodes,
    instances: planInstances({ ...spec, memoryMiB: newInstances.memoryMiB }, nodes, addresses),
    newInstances,
    init: initArguments(device, { nodes, newNodes }),
    rapi: {
      port: rapiPort,
      publishedPort: rapiPort,
      user: 'rapi',
      names: rapiNames({ cluster, names: [container, spec.rapi?.address] }),
    },
    needs: planNeeds(count),
    // The interval of Debian's cron file on real nodes.
    watcher: watcher ? { intervalSeconds: 300 } : null,
    expires: null,
  };
}

const device = 'lo';

function secondaryAddresses({ secondarySubnet, nodes }: PlannedSpec): SecondaryAddresses['node'] | undefined {
  return secondarySubnet === undefined ? undefined : planSecondaryAddresses(secondarySubnet, nodes).node;
}

function planNetwork({ subnet, secondarySubnet, bridges = [] }: PlannedSpec): Plan['network'] {
  return {
    ...{ subnet, device },
    ...(secondarySubnet !== undefined && { secondarySubnet }),
    ...(bridges.length > 0 && { bridges }),
  };
}

const rapiPort = 5080;

/** The smallest possible values: instances on a fake hypervisor use nothing, but Ganeti counts what they claim. */
const newInstances = { os: 'noop', memoryMiB: 16, vcpus: 1 };

/** Adds the expiry time to the plan of a cluster that is created now, if its spec has one (`--ttl`). */
export function withDeadline(plan: Plan, { ttl }: Pick<ClusterSpec, 'ttl'>, now: Date): Plan {
  return { ...plan, expires: ttl === undefined ? null : new Date(now.getTime() + ttl * 1000).toISOString() };
}

/**
 * The plan of slices that only prepare their nodes.  Something else, such as Ganeti's QA suite, creates the Ganeti
 * cluster.
 */
export function withoutProvisioning(plan: Plan): Plan {
  return { ...plan, provision: false, watcher: null };
}

/** `constants.X509_CERT_CN`: the name in every certificate that Ganeti creates. */
const ganetiName = 'ganeti.example.com';

interface Reach {
  readonly cluster: { readonly names: readonly string[]; readonly address: string };
  /** names of the slices' containers, for clients on their network, and addresses on which RAPI is published */
  readonly names?: readonly (string | undefined)[];
}

/**
 * All names and addresses under which clients can reach RAPI.  The certificate contains them all; the first is its
 * subject.
 *
 * Ganeti's own certificate contains only the first one, as its common name.  Many clients no longer check the common
 * name: Go and Python reject that certificate for every address.
 */
export function rapiNames({ cluster, names = [] }: Reach): readonly string[] {
  const here = ['localhost', '127.0.0.1', '::1'];
  const elsewhere = names.flatMap((name) => (name === undefined || /^[0.:]+$/.test(name) ? [] : [name]));
  return [...new Set([ganetiName, ...cluster.names, ...here, cluster.address, ...elsewhere])];
}

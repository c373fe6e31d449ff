import type { ClusterSpec } from '../config/cluster-spec.ts';
import { completeGroups } from '../config/node-options.ts';
import { planAddresses, refuseTooManySlices } from './addresses.ts';
import { containerName } from './names.ts';
import { planNeeds } from './needs.ts';
import { type NodeWishes, planNodes, planResources } from './plan-nodes.ts';
import { type InstanceWishes, planInstances } from './plan-instances.ts';
import type { Plan } from './plan.ts';

type Wishes = Pick<ClusterSpec, 'nodes' | 'subnet' | 'domain' | 'watcher'> &
  Partial<Pick<ClusterSpec, 'groups' | 'hosts' | 'rapi' | 'name' | 'nodeMemory' | 'nodeCpus' | 'nodeDisk'>> &
  Omit<NodeWishes, 'usual'> &
  InstanceWishes;

/**
 * Decides everything about a cluster.  Same spec, same plan; and a plan for more nodes begins with the nodes of a plan
 * for fewer.  When it ends is not in it: that depends on when it is made (`withDeadline`).
 *
 * @throws {UsageError} when the subnet is too small
 */
export function planCluster(wishes: Wishes): Plan {
  const { nodes: count, subnet, domain, watcher, groups = completeGroups(1) } = wishes;
  const addresses = planAddresses(subnet, count);
  refuseTooManySlices(subnet, wishes.hosts?.length ?? 0);
  const newNodes = planResources({ memory: wishes.nodeMemory, cpus: wishes.nodeCpus, disk: wishes.nodeDisk });
  const nodes = planNodes({ ...wishes, usual: newNodes, groups }, addresses.node);
  const cluster = { names: [`cluster.${domain}`, 'cluster'], address: addresses.cluster };
  const container = wishes.name === undefined ? undefined : containerName(wishes.name, 1);
  return {
    version: 1,
    slice: 1,
    cluster,
    directory: '/srv/vcluster',
    network: { subnet, device },
    overlay: null,
    slices: [{ number: 1, address: null, endpoint: 'default', engine: '', underlay: null }],
    groups,
    nodes,
    newNodes,
    instances: planInstances({ ...wishes, memoryMiB: newInstances.memoryMiB }, nodes, addresses),
    newInstances,
    init: initArguments(device),
    rapi: {
      port: rapiPort,
      publishedPort: rapiPort,
      user: 'rapi',
      names: rapiNames({ cluster, names: [container, wishes.rapi?.address] }),
    },
    needs: planNeeds(count),
    // As often as Debian's cron file does on real nodes.
    watcher: watcher ? { intervalSeconds: 300 } : null,
    expires: null,
  };
}

const device = 'lo';
const rapiPort = 5080;

/** The smallest that will do: on a fake hypervisor they use nothing, but Ganeti reckons with what they say. */
const newInstances = { os: 'noop', memoryMiB: 16, vcpus: 1 };

/** The plan of a cluster that is made now, with the time at which it ends itself, if its spec says so (`--ttl`). */
export function withDeadline(plan: Plan, { ttl }: Pick<ClusterSpec, 'ttl'>, now: Date): Plan {
  return { ...plan, expires: ttl === undefined ? null : new Date(now.getTime() + ttl * 1000).toISOString() };
}

/** The plan of slices that only prepare their nodes; something else creates the Ganeti cluster, such as its QA suite. */
export function withoutProvisioning(plan: Plan): Plan {
  return { ...plan, provision: false, watcher: null };
}

/** Most that an instance may have, and least: nothing on a fake hypervisor costs anything, so the bounds are wide. */
const instanceBounds = [
  'min:disk-size=0,cpu-count=1,disk-count=0,memory-size=1,nic-count=0,spindle-use=0',
  'max:disk-size=1048576,cpu-count=8,disk-count=16,memory-size=32768,nic-count=8,spindle-use=12',
].join('/');

/**
 * How `gnt-cluster init` is told to make a virtual cluster: upstream's `vcluster-setup` prints nearly the same.
 *
 * @param device gets the cluster's address
 */
export const initArguments = (device: string): readonly string[] => [
  // The slice writes /etc/hosts, in place, for the engine mounts it.
  '--no-etc-hosts',
  // All nodes share one root account, so its keys are the slice's to make.
  '--no-ssh-init',
  `--master-netdev=${device}`,
  '--master-netmask=32',
  '--enabled-hypervisors=fake',
  '--enabled-disk-templates=diskless,file,sharedfile,ext',
  '--file-storage-dir=/srv/ganeti/file-storage',
  '--shared-file-storage-dir=/srv/ganeti/shared-file-storage',
  `--ipolicy-bounds-specs=${instanceBounds}`,
  '--candidate-pool-size=10',
  // What `gnt-node power` and `gnt-node health` call.
  '--node-parameters=oob_program=/usr/lib/vcluster-box/oob',
];

/** `constants.X509_CERT_CN`: what Ganeti calls itself in every certificate that it makes. */
const ganetiName = 'ganeti.example.com';

interface Reach {
  readonly cluster: { readonly names: readonly string[]; readonly address: string };
  /** of slices' containers, by which those on their network reach them; where RAPI is published */
  readonly names?: readonly (string | undefined)[];
}

/**
 * The names and addresses that clients may know RAPI by, all of which its certificate is to hold; the first is its subject.
 *
 * Ganeti's own certificate has only that first one, as its common name, which many clients no longer look at: Go and Python refuse it by any
 * address.
 */
export function rapiNames({ cluster, names = [] }: Reach): readonly string[] {
  const here = ['localhost', '127.0.0.1', '::1'];
  const elsewhere = names.flatMap((name) => (name === undefined || /^[0.:]+$/.test(name) ? [] : [name]));
  return [...new Set([ganetiName, ...cluster.names, ...here, cluster.address, ...elsewhere])];
}

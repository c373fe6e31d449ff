import type { ClusterSpec } from '../config/cluster-spec.ts';
import { completeGroups } from '../config/node-options.ts';
import { planAddresses, refuseTooManySlices } from './addresses.ts';
import { initArguments } from './init-arguments.ts';
import { planNeeds } from './needs.ts';
import { containerName } from './names.ts';
import { planResources } from './node-resources.ts';
import { planInstances, type InstanceWishes } from './plan-instances.ts';
import { planNodes, type NodeWishes } from './plan-nodes.ts';
import { rapiNames } from './rapi-names.ts';
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

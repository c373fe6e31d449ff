import type { NodeResources, Plan } from './plan.ts';

/** Maximum and minimum of an instance.  The bounds are wide because instances on a fake hypervisor cost nothing. */
const instanceBounds = [
  'min:disk-size=0,cpu-count=1,disk-count=0,memory-size=1,nic-count=0,spindle-use=0',
  'max:disk-size=1048576,cpu-count=8,disk-count=16,memory-size=32768,nic-count=8,spindle-use=12',
].join('/');

/** `constants.MIN_VG_SIZE`: Ganeti refuses a smaller volume group. */
const leastGroupMiB = 20_480;

/** Whether the nodes' disks are large enough for what Ganeti demands of LVM. */
const hasLvm = (nodes: readonly Pick<NodeResources, 'diskMiB'>[]): boolean =>
  nodes.every(({ diskMiB }) => diskMiB >= leastGroupMiB);

/**
 * Arguments of `gnt-cluster init` for a virtual cluster; upstream's `vcluster-setup` prints nearly the same.
 *
 * @param device receives the cluster's address
 */
export function initArguments(
  device: string,
  { nodes, newNodes }: Pick<Plan, 'nodes' | 'newNodes'>,
): readonly string[] {
  const secondary = nodes[0]?.secondaryAddress;
  return [
    // The slice writes /etc/hosts, in place, because the engine mounts it.
    '--no-etc-hosts',
    // All nodes share one root account, so the slice creates its keys.
    '--no-ssh-init',
    `--master-netdev=${device}`,
    '--master-netmask=32',
    ...(secondary === undefined ? [] : [`--secondary-ip=${secondary}`]),
    '--enabled-hypervisors=fake',
    ...diskArguments([newNodes, ...nodes.map(({ resources }) => resources)]),
    '--file-storage-dir=/srv/ganeti/file-storage',
    '--shared-file-storage-dir=/srv/ganeti/shared-file-storage',
    `--ipolicy-bounds-specs=${instanceBounds}`,
    '--candidate-pool-size=10',
    // Called by `gnt-node power` and `gnt-node health`.
    '--node-parameters=oob_program=/usr/lib/vcluster-box/oob',
  ];
}

function diskArguments(sizes: readonly NodeResources[]): readonly string[] {
  const lvm = hasLvm(sizes);
  const templates = [...(lvm ? ['plain', 'drbd'] : []), 'file', 'sharedfile', 'ext', 'diskless'];
  return [
    // The first is the default of `gnt-instance add` and `gnt-node list-storage`.
    `--enabled-disk-templates=${templates.join(',')}`,
    ...(lvm ? ['--vg-name=xenvg', '--drbd-usermode-helper=/bin/true'] : []),
  ];
}

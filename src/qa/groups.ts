/** A name in the part `tests` of a QA configuration: a group of tests that is run, or is not. */
export interface QaGroup {
  readonly name: string;
  readonly what: string;
  /** Why it cannot be run on a virtual cluster; `undefined`: it is. */
  readonly off?: string;
}

const lvm = 'needs LVM: there are no block devices in a slice';
const drbd = 'needs DRBD: there are no block devices in a slice';

/** All groups of Ganeti 3.0 and 3.1, in the order in which the suite comes to them. */
export const qaGroups: readonly QaGroup[] = [
  { name: 'env', what: 'ssh to all nodes, ping, the gnt-* commands' },
  { name: 'create-cluster', what: 'gnt-cluster init, gnt-node add' },
  { name: 'node-list', what: 'gnt-node list, with all fields' },
  { name: 'instance-list', what: 'gnt-instance list, with all fields' },
  { name: 'job-list', what: 'gnt-job list, with all fields' },
  { name: 'test-jobqueue', what: 'the job queue; cancelling jobs' },
  { name: 'node-info', what: 'gnt-node info' },
  { name: 'cluster-renew-crypto', what: 'gnt-cluster renew-crypto' },
  { name: 'cluster-verify', what: 'gnt-cluster verify, also after other tests' },
  { name: 'cluster-reserved-lvs', what: 'reserved logical volumes; does nothing without LVM' },
  { name: 'cluster-modify', what: 'gnt-cluster modify' },
  { name: 'cluster-rename', what: 'gnt-cluster rename, and back' },
  { name: 'cluster-info', what: 'gnt-cluster version, info, getmaster' },
  { name: 'cluster-redist-conf', what: 'gnt-cluster redist-conf' },
  { name: 'cluster-copyfile', what: 'gnt-cluster copyfile' },
  { name: 'cluster-command', what: 'gnt-cluster command' },
  { name: 'cluster-burnin', what: "Ganeti's burn-in program" },
  { name: 'cluster-master-failover', what: 'gnt-cluster master-failover, also with a drained queue' },
  { name: 'cluster-oob', what: 'gnt-cluster verify of the out-of-band helper' },
  { name: 'cluster-instance-communication', what: 'the network for instance communication' },
  { name: 'os', what: 'gnt-os: valid and invalid definitions, states' },
  { name: 'tags', what: 'tags of cluster, groups, nodes, networks, instances' },
  { name: 'node-volumes', what: 'gnt-node volumes' },
  { name: 'node-storage', what: 'gnt-node list-storage and the like' },
  { name: 'node-oob', what: 'gnt-node power, health' },
  { name: 'group-list', what: 'gnt-group list' },
  { name: 'group-rwops', what: 'gnt-group add, remove, rename, modify, assign-nodes' },
  { name: 'network', what: 'gnt-network' },
  { name: 'filters', what: 'gnt-filter, and what filters do to jobs' },
  { name: 'node-readd', what: 'gnt-node add --readd' },
  { name: 'node-modify', what: 'gnt-node modify' },
  { name: 'delay', what: 'gnt-debug delay' },
  { name: 'rapi', what: 'the remote API' },
  { name: 'default-instance-tests', what: 'tests of instances; what of, the groups instance-* say' },
  { name: 'instance-add-plain-disk', what: 'instances on LVM', off: lvm },
  { name: 'instance-add-drbd-disk', what: 'instances on DRBD', off: drbd },
  { name: 'instance-add-diskless', what: 'instances without disks' },
  { name: 'instance-add-file', what: 'instances with disks that are files of their node' },
  { name: 'instance-add-shared-file', what: 'instances with disks that are files of all nodes' },
  { name: 'instance-add-rbd', what: 'instances on Ceph', off: 'needs a Ceph cluster and its kernel module' },
  { name: 'instance-add-gluster', what: 'instances on Gluster', off: 'needs a Gluster volume, mounted' },
  { name: 'instance-user-down', what: 'instances that their user shuts down; does nothing without KVM or Xen' },
  { name: 'instance-communication', what: 'the NIC for instance communication' },
  { name: 'cluster-epo', what: 'gnt-cluster epo' },
  { name: 'instance-automatic-restart', what: 'the watcher starts an instance that went down' },
  { name: 'instance-consecutive-failures', what: 'the watcher gives up on one that keeps going down' },
  { name: 'haskell-confd', what: 'gnt-node list-drbd, by way of confd' },
  { name: 'instance-convert-disk', what: 'gnt-instance modify -t' },
  { name: 'instance-modify-disks', what: 'gnt-instance modify --disk' },
  { name: 'instance-shutdown', what: 'gnt-instance shutdown, startup' },
  { name: 'instance-info', what: 'gnt-instance info' },
  { name: 'instance-modify', what: 'gnt-instance modify' },
  { name: 'instance-console', what: 'gnt-instance console --show-cmd' },
  { name: 'instance-device-names', what: 'disks and NICs by name' },
  { name: 'instance-reinstall', what: 'gnt-instance reinstall' },
  { name: 'instance-rename', what: 'gnt-instance rename, and back' },
  { name: 'instance-grow-disk', what: 'gnt-instance grow-disk' },
  { name: 'instance-reboot', what: 'gnt-instance reboot' },
  { name: 'instance-modify-primary', what: 'gnt-instance modify --new-primary, and back' },
  { name: 'instance-export', what: 'gnt-backup export, list' },
  { name: 'instance-import', what: 'gnt-backup import', off: `the suite imports to LVM only: ${lvm}` },
  {
    name: 'inter-cluster-instance-move',
    what: 'move-instance',
    off: 'the suite moves to LVM or DRBD only, and needs RAPI',
  },
  { name: 'instance-failover', what: 'gnt-instance failover' },
  { name: 'instance-migrate', what: 'gnt-instance migrate' },
  { name: 'instance-replace-disks', what: 'gnt-instance replace-disks; does nothing without DRBD' },
  { name: 'instance-recreate-disks', what: 'gnt-instance recreate-disks' },
  { name: 'node-evacuate', what: 'gnt-node evacuate; the suite runs it on DRBD only' },
  { name: 'node-failover', what: 'gnt-node failover; the suite runs it on DRBD only' },
  { name: 'node-migrate', what: 'gnt-node migrate; the suite runs it on DRBD only' },
  { name: 'cluster-repair-disk-sizes', what: 'gnt-cluster repair-disk-sizes' },
  { name: 'instance-data-censorship', what: 'secrets of instances in queries; needs DRBD' },
  {
    name: 'instance-iterate-hvparams',
    what: 'instances with other hypervisor parameters (3.1)',
    off: 'the suite knows parameters of KVM and Xen only',
  },
  { name: 'instance-plain-rapi-common-tests', what: 'tests of an instance made by RAPI', off: lvm },
  { name: 'exclusive-storage-instance-tests', what: 'instances on exclusive storage', off: lvm },
  { name: 'cluster-exclusive-storage', what: 'exclusive storage', off: lvm },
  {
    name: 'cluster-upgrade',
    what: 'gnt-cluster upgrade, and back',
    off: 'needs two versions of Ganeti, installed beside each other; Debian has one',
  },
  { name: 'cluster-instance-policy', what: 'instance policies, with instances on LVM; does nothing without' },
  {
    name: 'group-custom-ssh-port',
    what: 'nodes with another ssh port',
    off: `needs instances on LVM, and a network of its own for each node`,
  },
  { name: 'instance-add-restricted-by-disktemplates', what: 'disk templates that are not allowed are refused' },
  { name: 'instance-add-osparams', what: 'OS parameters, also secret ones' },
  { name: 'instance-remove-drbd-offline', what: 'removing an instance whose secondary is offline', off: drbd },
  { name: 'mon-collector', what: "the monitoring daemon's collectors; does nothing without Xen" },
  { name: 'performance', what: 'times of many jobs at once; which, the two groups below say' },
  { name: 'jobqueue-performance', what: 'creating, changing and querying many instances at once' },
  { name: 'parallel-performance', what: 'creating many instances on LVM or DRBD at once; does nothing without' },
  { name: 'cluster-destroy', what: 'gnt-node remove, gnt-cluster destroy' },
];

/** Of tests that the suite runs in a block which it has asked for as a whole, so that nothing says of which group they are. */
const implied: readonly (readonly [RegExp, string])[] = [
  [/^TestInstanceAddFile$/, 'instance-add-file'],
  [/^TestInstanceAddSharedFile$/, 'instance-add-shared-file'],
  [/^TestInstanceAddDiskless$/, 'instance-add-diskless'],
  [/^TestInstanceConvert/, 'instance-convert-disk'],
  [/^Test(Rapi)?InstanceRename/, 'instance-rename'],
  [/^TestInstanceModifyPrimary/, 'instance-modify-primary'],
  [/^TestInstanceExport|^TestBackup/, 'instance-export'],
  [/^TestReplaceDisks$|^TestRapiInstanceReplaceDisks$/, 'instance-replace-disks'],
  [/^TestRecreateDisks$/, 'instance-recreate-disks'],
  [/^TestParallel.*(DRBD|Plain)/, 'parallel-performance'],
  [/^TestParallel|^TestJobQueueSubmission/, 'jobqueue-performance'],
  [/^TestNode$/, 'rapi'],
];

export function impliedGroups(test: string): readonly string[] {
  const [, group] = implied.find(([pattern]) => pattern.test(test)) ?? [];
  return group === undefined ? [] : [group];
}

/** A group of tests: a name in `tests` of a QA configuration, which enables or disables it. */
export interface QaGroup {
  readonly name: string;
  readonly what: string;
  /** Why it cannot run on a virtual cluster; `undefined` if it can. */
  readonly off?: string;
}

/** `LogicalVolume.GetVGInfo` in `ganeti/storage/bdev.py`; with Python 2 the comparison was possible. */
const exclusiveStorage =
  "with exclusive storage, Ganeti compares a number with a text, and cannot tell a node's free space";

/** All groups of Ganeti 3.0 and 3.1, in the order in which the suite runs them. */
export const qaGroups: readonly QaGroup[] = [
  { name: 'env', what: 'ssh to all nodes, ping, the gnt-* commands' },
  { name: 'create-cluster', what: 'gnt-cluster init, gnt-node add' },
  { name: 'node-list', what: 'gnt-node list, with all fields' },
  { name: 'instance-list', what: 'gnt-instance list, with all fields' },
  { name: 'job-list', what: 'gnt-job list, with all fields' },
  { name: 'test-jobqueue', what: 'the job queue; cancelling jobs' },
  { name: 'node-info', what: 'gnt-node info' },
  { name: 'cluster-renew-crypto', what: 'gnt-cluster renew-crypto' },
  { name: 'cluster-verify', what: 'gnt-cluster verify, also between other tests' },
  { name: 'cluster-reserved-lvs', what: 'reserved logical volumes' },
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
  { name: 'filters', what: 'gnt-filter, and the effect of filters on jobs' },
  { name: 'node-readd', what: 'gnt-node add --readd' },
  { name: 'node-modify', what: 'gnt-node modify' },
  { name: 'delay', what: 'gnt-debug delay' },
  { name: 'rapi', what: 'the remote API' },
  { name: 'default-instance-tests', what: 'tests of instances, as selected by the groups instance-*' },
  { name: 'instance-add-plain-disk', what: 'instances on LVM' },
  { name: 'instance-add-drbd-disk', what: 'instances on DRBD' },
  { name: 'instance-add-diskless', what: 'instances without disks' },
  { name: 'instance-add-file', what: 'instances with disks in files of their node' },
  { name: 'instance-add-shared-file', what: 'instances with disks in files that all nodes share' },
  { name: 'instance-add-rbd', what: 'instances on Ceph', off: 'needs a Ceph cluster and its kernel module' },
  { name: 'instance-add-gluster', what: 'instances on Gluster', off: 'needs a mounted Gluster volume' },
  { name: 'instance-user-down', what: 'instances that their user shuts down; does nothing without KVM or Xen' },
  { name: 'instance-communication', what: 'the NIC for instance communication' },
  { name: 'cluster-epo', what: 'gnt-cluster epo' },
  { name: 'instance-automatic-restart', what: 'the watcher restarts an instance that went down' },
  { name: 'instance-consecutive-failures', what: 'the watcher gives up on an instance that keeps going down' },
  { name: 'haskell-confd', what: 'gnt-node list-drbd, which asks confd' },
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
  { name: 'instance-import', what: 'gnt-backup import, to LVM' },
  { name: 'inter-cluster-instance-move', what: 'move-instance; the suite needs RAPI for it' },
  { name: 'instance-failover', what: 'gnt-instance failover' },
  { name: 'instance-migrate', what: 'gnt-instance migrate' },
  { name: 'instance-replace-disks', what: 'gnt-instance replace-disks' },
  { name: 'instance-recreate-disks', what: 'gnt-instance recreate-disks' },
  { name: 'node-evacuate', what: 'gnt-node evacuate; the suite only runs it on DRBD' },
  { name: 'node-failover', what: 'gnt-node failover; the suite only runs it on DRBD' },
  { name: 'node-migrate', what: 'gnt-node migrate; the suite only runs it on DRBD' },
  { name: 'cluster-repair-disk-sizes', what: 'gnt-cluster repair-disk-sizes' },
  { name: 'instance-data-censorship', what: 'secrets of instances in queries' },
  {
    name: 'instance-iterate-hvparams',
    what: 'instances with different hypervisor parameters (3.1)',
    off: 'the suite only knows parameters of KVM and Xen',
  },
  { name: 'instance-plain-rapi-common-tests', what: 'tests of an instance created by RAPI' },
  { name: 'exclusive-storage-instance-tests', what: 'instances on exclusive storage', off: exclusiveStorage },
  { name: 'cluster-exclusive-storage', what: 'exclusive storage', off: exclusiveStorage },
  {
    name: 'cluster-upgrade',
    what: 'gnt-cluster upgrade, and back',
    off: 'needs two installed versions of Ganeti; Debian has one',
  },
  { name: 'cluster-instance-policy', what: 'instance policies, with instances on LVM' },
  {
    name: 'group-custom-ssh-port',
    what: 'nodes with a custom ssh port',
    off: 'needs a separate network for each node',
  },
  {
    name: 'instance-add-restricted-by-disktemplates',
    what: 'disk templates that the cluster does not allow are refused',
  },
  { name: 'instance-add-osparams', what: 'OS parameters, including secret ones' },
  { name: 'instance-remove-drbd-offline', what: 'removing an instance whose secondary is offline' },
  { name: 'mon-collector', what: "the monitoring daemon's collectors; does nothing without Xen" },
  { name: 'performance', what: 'times of many parallel jobs, as selected by the next two groups' },
  { name: 'jobqueue-performance', what: 'creating, modifying and querying many instances at once' },
  { name: 'parallel-performance', what: 'creating many instances on LVM or DRBD at once' },
  { name: 'cluster-destroy', what: 'gnt-node remove, gnt-cluster destroy' },
];

/** Groups of tests in blocks that the suite enables as a whole: it does not report the group of each test. */
const implied: readonly (readonly [RegExp, string])[] = [
  [/^TestInstanceAddWithPlainDisk$/, 'instance-add-plain-disk'],
  [/^TestInstanceAddWithDrbdDisk$/, 'instance-add-drbd-disk'],
  [/^TestInstanceAddFile$/, 'instance-add-file'],
  [/^TestInstanceAddSharedFile$/, 'instance-add-shared-file'],
  [/^TestInstanceAddDiskless$/, 'instance-add-diskless'],
  [/^TestInstanceConvert/, 'instance-convert-disk'],
  [/^Test(Rapi)?InstanceRename/, 'instance-rename'],
  [/^TestInstanceModifyPrimary/, 'instance-modify-primary'],
  [/^TestInstanceExport|^TestBackup/, 'instance-export'],
  [/^TestInstanceImport$/, 'instance-import'],
  [/^TestIPolicyPlainInstance$/, 'cluster-instance-policy'],
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

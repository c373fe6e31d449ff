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

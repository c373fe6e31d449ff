import type { Plan, PlannedNode } from './plan.ts';

/**
 * Paths in a slice that both sides know.  The other side is
 * `images/slice/rootfs/usr/lib/vcluster-box/vcluster_slice/paths.py`.
 */
export const slicePaths = {
  /** the nodes' directories, one per node */
  nodes: '/srv/vcluster',
  /** the current plan */
  plan: '/var/lib/vcluster-box/plan.json',
  /** password of the plan's RAPI user; created in the slice, mode 0600 */
  rapiPassword: '/var/lib/vcluster-box/rapi-password',
  /** exists once the nodes are in a cluster */
  provisioned: '/var/lib/vcluster-box/provisioned',
  /** link to the directory of the node's files that Ganeti has told last; `latest.json` is what it told it */
  latest: '/var/lib/vcluster-box/latest',
  /** private key of the slice's sshd; a single slice creates it, several slices receive it */
  sshHostKey: '/etc/ssh/ssh_host_rsa_key',
  /** private key of the slice's root user; several slices receive it */
  sshRootKey: '/root/.ssh/id_rsa',
  /** the user's OS definitions; the first directory in Ganeti's OS_SEARCH_PATH */
  osDefinitions: '/srv/ganeti/os',
  /** what `sync` brought, as JSON (`vcluster_slice/sync/store.py`) */
  syncState: '/var/lib/vcluster-box/sync/state.json',
  /** the files that it brought, by their paths in the source tree */
  syncedTree: '/var/lib/vcluster-box/sync/tree',
  /** what a slice has measured of its paths to the other slices since it started; JSON */
  overlay: '/run/vcluster-box/overlay.json',
  /** written before a cluster is stopped, so that it stays stopped (`vcluster_slice/boot/main_loop.py`) */
  rest: '/run/vcluster-box/rest',
  /** the slice's program: `run`, `status`, `healthy`, `probe` */
  program: '/usr/sbin/vcluster-slice',
  /** `exec-on-node ID NODE_DIRECTORY COMMAND [ARG...]`: becomes COMMAND, acting as that node */
  execOnNode: '/usr/lib/vcluster-box/exec-on-node',
  /** `signal-exec ID SIGNAL`: sends a signal to the process group of the command that was started with that ID */
  signalExec: '/usr/lib/vcluster-box/signal-exec',
  /** startup file for an interactive bash */
  shellRc: '/usr/lib/vcluster-box/shell.bash',
} as const;

/** A node's directory (`GANETI_ROOTDIR`): its last component is the node's full name. */
export function nodeDirectory({ directory }: Pick<Plan, 'directory'>, { names }: Pick<PlannedNode, 'names'>): string {
  return `${directory}/${names[0] ?? ''}`;
}

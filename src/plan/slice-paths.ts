import type { Plan, PlannedNode } from './plan.ts';

/** Places in a slice that both sides know.  The other side is `images/slice/rootfs/usr/lib/vcluster-box/vcluster_slice/paths.py`. */
export const slicePaths = {
  /** the living plan */
  plan: '/var/lib/vcluster-box/plan.json',
  /** password of the plan's RAPI user; made in the slice, 0600 */
  rapiPassword: '/var/lib/vcluster-box/rapi-password',
  /** there once its nodes are in a cluster */
  provisioned: '/var/lib/vcluster-box/provisioned',
  /** private key of the slice's sshd; given to each of several slices, and made in a single one */
  sshHostKey: '/etc/ssh/ssh_host_rsa_key',
  /** private key of its root; given to each of several slices */
  sshRootKey: '/root/.ssh/id_rsa',
  /** OS definitions of the user; where Ganeti looks first (its OS_SEARCH_PATH) */
  osDefinitions: '/srv/ganeti/os',
  /** what one of several slices has found of its ways to the others, since it was started; JSON */
  overlay: '/run/vcluster-box/overlay.json',
  /** written before a cluster is stopped that is to stay so (`vcluster_slice/boot/main_loop.py`) */
  rest: '/run/vcluster-box/rest',
  /** the slice's program: `run`, `status`, `healthy`, `probe` */
  program: '/usr/sbin/vcluster-slice',
  /** `exec-on-node ID NODE_DIRECTORY COMMAND [ARG...]`: becomes COMMAND, acting as that node */
  execOnNode: '/usr/lib/vcluster-box/exec-on-node',
  /** `signal-exec ID SIGNAL`: sends a signal to the process group of the command that was started under that id */
  signalExec: '/usr/lib/vcluster-box/signal-exec',
  /** what an interactive bash is to read at its start */
  shellRc: '/usr/lib/vcluster-box/shell.bash',
} as const;

/** A node's directory (`GANETI_ROOTDIR`): its last component is the node's full name. */
export function nodeDirectory({ directory }: Pick<Plan, 'directory'>, { names }: Pick<PlannedNode, 'names'>): string {
  return `${directory}/${names[0] ?? ''}`;
}

import type { SliceNode } from './slice-status.ts';

export interface NodeStatus extends Omit<SliceNode, 'role' | 'state'> {
  /** `unknown` while the cluster does not run, or the node's host cannot be reached */
  readonly state: SliceNode['state'] | 'unknown';
  /** `unknown` then, too */
  readonly role: SliceNode['role'] | 'unknown';
  /** number of the slice, which says on which of `hosts` it is; left out when there is only one */
  readonly slice?: number;
}

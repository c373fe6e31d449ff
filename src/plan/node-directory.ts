import type { Plan, PlannedNode } from './plan.ts';

/** A node's directory (`GANETI_ROOTDIR`): its last component is the node's full name. */
export function nodeDirectory({ directory }: Pick<Plan, 'directory'>, { names }: Pick<PlannedNode, 'names'>): string {
  return `${directory}/${names[0] ?? ''}`;
}

import type { Plan, PlannedNode } from '../plan/plan.ts';
import { electMaster } from './master.ts';
import type { SliceNode, SliceStatus } from './slice-status.ts';
import type { NodeStatus } from './node-status.ts';

type Merged = Omit<SliceStatus, 'nodes' | 'votes'> & { readonly nodes: readonly NodeStatus[] };

/**
 * One status of those of several slices, each of which tells of its own nodes; of nodes that none tells of, what the plan says.
 *
 * @param statuses of the slices that run
 */
export function mergeStatus(plan: Plan, statuses: readonly SliceStatus[]): Merged {
  const told = new Map(statuses.flatMap(({ nodes }) => nodes.map((node): [string, SliceNode] => [node.name, node])));
  const { names, address } = plan.cluster;
  const planned = plan.nodes.map((node) => node.names[0] ?? '');
  return {
    ready: statuses.length > 0 && statuses.every(({ ready }) => ready),
    ganeti: statuses.find(({ ganeti }) => ganeti !== null)?.ganeti ?? null,
    cluster: { name: names[0] ?? '', address, master: electMaster(statuses.map(({ votes }) => votes)) },
    rapi: statuses.length > 0 && statuses.every(({ rapi }) => rapi),
    nodes: [
      ...plan.nodes.map((node) => told.get(node.names[0] ?? '') ?? atRest(node)),
      // One that is about to be added, or was removed a moment ago.
      ...[...told.values()].filter(({ name }) => !planned.includes(name)),
    ],
  };
}

function atRest({ names, address, resources }: PlannedNode): NodeStatus {
  const unknown = { state: 'unknown', role: 'unknown', answers: false, daemons: {} } as const;
  return { name: names[0] ?? '', address, ...unknown, resources };
}

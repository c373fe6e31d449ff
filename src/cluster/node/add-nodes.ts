import type { Engine } from '../../engine/engine.ts';
import type { Report } from '../../events.ts';
import { runStep } from '../../steps.ts';
import { sliceOn } from '../../plan/choose-slice.ts';
import { type Addition, grow, growPlan, type NewNodes } from '../../plan/grow.ts';
import type { PlannedNode } from '../../plan/plan.ts';
import { findCluster } from '../find.ts';
import { readPlan } from '../current-plan.ts';
import { closePorts } from '../ports/published.ts';
import { requireRunning } from '../availability.ts';
import type { Signals } from '../signals.ts';
import { changeOneByOne } from './one-by-one.ts';
import { raiseLimits } from './raise-limits.ts';
import { masterContainer } from './slice-container.ts';
import { readInventory, runSliceCommand } from './run-slice-command.ts';

export interface NodesToAdd extends Omit<NewNodes, 'slice'> {
  /** see `findCluster` */
  readonly cluster: string | undefined;
  readonly count: number;
  /** host for the nodes, in a multi-host cluster; default: for each node, the host with the fewest nodes */
  readonly host?: string | undefined;
}

export interface NodesAdded {
  readonly cluster: string;
  readonly added: readonly PlannedNode[];
  /** number of nodes in the cluster */
  readonly nodes: number;
}

/**
 * Adds nodes to a running cluster, one after another, because `gnt-node add` takes the cluster's lock.
 *
 * @throws {InterruptedError} with the added nodes; the current addition is completed first
 * @throws {SliceError} when a node cannot be added; this one is removed again, and the ones before stay
 */
export async function addNodes(
  engine: Engine,
  wanted: NodesToAdd,
  { report, signals }: { readonly report: Report; readonly signals: Signals },
): Promise<NodesAdded> {
  const cluster = await findCluster(engine, wanted.cluster);
  const plan = await readPlan(engine, cluster);
  requireRunning(cluster);
  const slice = wanted.host === undefined ? undefined : sliceOn(plan, wanted.host);
  const container = await masterContainer(engine, cluster, plan);
  const inventory = await readInventory(engine, container);
  const before = inventory.nodes.map(({ name }) => name);
  const additions = growPlan(plan, wanted.count, { ...wanted, slice, inventory });
  const grown = additions.reduce(grow, plan);
  for (const number of new Set(additions.map(({ node }) => node.slice))) {
    await raiseLimits(engine, cluster, { plan: grown, slice: number }, report);
  }

  const step = { id: 'add', title: titleFor(additions) };
  report({ type: 'run-started', title: `Cluster ${cluster.name}`, steps: [step] });
  await runStep(report, step, () =>
    changeOneByOne(additions, { report, signals, step: step.id, before, change: 'added' }, async (payload, onEvent) => {
      // An earlier node of that name can still have ports, if `node rm` was killed before it removed them.
      await closePorts(engine, cluster.name, payload.node.names[0] ?? '');
      await runSliceCommand(engine, container, { command: 'add-node', payload }, onEvent);
    }),
  ).finally(() => {
    report({ type: 'run-ended' });
  });
  const added = additions.map(({ node }) => node);
  return { cluster: cluster.name, added, nodes: before.length + added.length };
}

function titleFor([first, ...others]: readonly Addition[]): string {
  return others.length === 0 ? `Adding ${first?.node.names[0] ?? ''}` : `Adding ${others.length + 1} nodes`;
}

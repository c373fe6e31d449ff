import type { Engine } from '../../engine/engine.ts';
import type { Report } from '../../events.ts';
import { runStep } from '../../steps.ts';
import { sliceOn } from '../../plan/choose-slice.ts';
import { type Addition, grow, growPlan, type NewNodes } from '../../plan/grow.ts';
import type { PlannedNode } from '../../plan/plan.ts';
import { findCluster } from '../find.ts';
import { readPlan } from '../living-plan.ts';
import { closePorts } from '../ports/published.ts';
import { requireRunning } from '../require-running.ts';
import type { Signals } from '../signals.ts';
import { changeOneByOne } from './one-by-one.ts';
import { raiseLimits } from './raise-limits.ts';
import { masterContainer } from './slice-container.ts';
import { runSliceCommand } from './run-slice-command.ts';

export interface NodesWanted extends Omit<NewNodes, 'slice'> {
  /** see `findCluster` */
  readonly cluster: string | undefined;
  readonly count: number;
  /** of a cluster on several hosts, the one that they are to be on; left out: for each, the one that has the fewest */
  readonly host?: string | undefined;
}

export interface NodesAdded {
  readonly cluster: string;
  readonly added: readonly PlannedNode[];
  /** how many there are now */
  readonly nodes: number;
}

/**
 * Adds nodes to a running cluster, one after another: `gnt-node add` takes the cluster's lock.
 *
 * @throws {InterruptedError} saying which were added; the one in work is finished first
 * @throws {SliceError} when one cannot be added; it is taken back then, and those before stay
 */
export async function addNodes(
  engine: Engine,
  wanted: NodesWanted,
  { report, signals }: { readonly report: Report; readonly signals: Signals },
): Promise<NodesAdded> {
  const cluster = await findCluster(engine, wanted.cluster);
  const plan = await readPlan(engine, cluster);
  requireRunning(cluster);
  const slice = wanted.host === undefined ? undefined : sliceOn(plan, wanted.host);
  const additions = growPlan(plan, wanted.count, { ...wanted, slice });
  const grown = additions.reduce(grow, plan);
  for (const number of new Set(additions.map(({ node }) => node.slice))) {
    await raiseLimits(engine, cluster, { plan: grown, slice: number }, report);
  }
  const container = await masterContainer(engine, cluster, plan);

  const step = { id: 'add', title: titleFor(additions) };
  report({ type: 'run-started', title: `Cluster ${cluster.name}`, steps: [step] });
  await runStep(report, step, () =>
    changeOneByOne(
      additions,
      { report, signals, step: step.id, before: plan.nodes.length, change: 1 },
      async (payload, onEvent) => {
        // Of an earlier node of that name, if `node rm` was ended before it had taken them back.
        await closePorts(engine, cluster.name, payload.node.names[0] ?? '');
        await runSliceCommand(engine, container, { command: 'add-node', payload }, onEvent);
      },
    ),
  ).finally(() => {
    report({ type: 'run-ended' });
  });
  const added = additions.map(({ node }) => node);
  return { cluster: cluster.name, added, nodes: plan.nodes.length + added.length };
}

function titleFor([first, ...others]: readonly Addition[]): string {
  return others.length === 0 ? `Adding ${first?.node.names[0] ?? ''}` : `Adding ${others.length + 1} nodes`;
}

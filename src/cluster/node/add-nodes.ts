import type { Engine } from '../../engine/engine.ts';
import type { Report } from '../../events.ts';
import { runStep } from '../../image/step.ts';
import { type Addition, grow, growPlan, type NewNodes } from '../../plan/grow.ts';
import type { PlannedNode } from '../../plan/plan.ts';
import { findCluster } from '../find.ts';
import { inspectFirst } from '../inspect.ts';
import { readPlan } from '../living-plan.ts';
import { closePorts } from '../ports/close-ports.ts';
import type { Signals } from '../signals.ts';
import { changeOneByOne } from './one-by-one.ts';
import { raiseLimits } from './raise-limits.ts';
import { tellSlice } from './tell-slice.ts';
import { requireRunning } from '../require-running.ts';

export interface NodesWanted extends NewNodes {
  /** see `findCluster` */
  readonly cluster: string | undefined;
  readonly count: number;
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
  const additions = growPlan(plan, wanted.count, wanted);
  await raiseLimits(engine, await inspectFirst(engine, cluster), additions.reduce(grow, plan), report);

  const step = { id: 'add', title: titleFor(additions) };
  report({ type: 'run-started', title: `Cluster ${cluster.name}`, steps: [step] });
  await runStep(report, step, () =>
    changeOneByOne(
      additions,
      { report, signals, step: step.id, before: plan.nodes.length, change: 1 },
      async (what, tell) => {
        // Of an earlier node of that name, if `node rm` was ended before it had taken them back.
        await closePorts(engine, cluster.name, what.node.names[0] ?? '');
        await tellSlice(engine, cluster.slices[0].name, { command: 'add-node', what }, tell);
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

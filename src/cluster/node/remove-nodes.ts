import type { Engine } from '../../engine/engine.ts';
import type { Report } from '../../events.ts';
import { type Departure, planDepartures } from '../../plan/shrink.ts';
import { runStep } from '../../steps.ts';
import { findCluster } from '../find.ts';
import { findNode, readPlan } from '../current-plan.ts';
import { closePorts } from '../ports/published.ts';
import { requireRunning } from '../availability.ts';
import type { Signals } from '../signals.ts';
import { announceCopies } from './disks-to-copy.ts';
import { changeOneByOne, countNodes } from './one-by-one.ts';
import { readInventory, runSliceCommand } from './run-slice-command.ts';
import { masterContainer } from './slice-container.ts';

export interface NodesToRemove {
  /** see `findCluster` */
  readonly cluster: string | undefined;
  /** short or full */
  readonly names: readonly string[];
}

export interface NodesRemoved {
  readonly cluster: string;
  /** full names */
  readonly removed: readonly string[];
  /** the instances that moved, with their source and target nodes */
  readonly moved: readonly { readonly instance: string; readonly from: string; readonly to: string }[];
  /** number of remaining nodes */
  readonly nodes: number;
}

/**
 * Removes nodes from a running cluster, one after another.  Their instances first move to other nodes of the same
 * group.
 *
 * @throws {NotFoundError} when there is no such node; nothing is done then
 * @throws {ConflictError} when a node cannot be removed; nothing is done then
 * @throws {SliceError} when Ganeti fails to move an instance or to remove the node, which then does not change
 * @throws {InterruptedError} with the removed nodes; the current removal is completed first
 */
export async function removeNodes(
  engine: Engine,
  { cluster: asked, names }: NodesToRemove,
  { report, signals }: { readonly report: Report; readonly signals: Signals },
): Promise<NodesRemoved> {
  const cluster = await findCluster(engine, asked);
  const plan = await readPlan(engine, cluster);
  const leaving = [...new Set(names.map((name) => findNode(plan, name)))];
  requireRunning(cluster);
  const container = await masterContainer(engine, cluster, plan);
  const inventory = await readInventory(engine, container);
  const before = inventory.nodes.map(({ name }) => name);
  const departures = planDepartures(plan, leaving, inventory);
  await announceCopies(engine, { cluster, plan, report }, departures);

  const step = { id: 'remove', title: titleFor(departures) };
  report({ type: 'run-started', title: `Cluster ${cluster.name}`, steps: [step] });
  await runStep(report, step, () =>
    changeOneByOne(
      departures,
      { report, signals, step: step.id, before, change: 'removed' },
      async (payload, onEvent) => {
        await runSliceCommand(engine, container, { command: 'remove-node', payload }, onEvent);
        await closePorts(engine, cluster.name, payload.node);
      },
    ),
  ).finally(() => {
    report({ type: 'run-ended' });
  });
  const removed = departures.map(({ node }) => node);
  return {
    cluster: cluster.name,
    removed,
    moved: departures.flatMap(({ node, moves }) => moves.map(({ instance, to }) => ({ instance, from: node, to }))),
    nodes: countNodes(before, 'removed', removed),
  };
}

function titleFor([first, ...others]: readonly Departure[]): string {
  return others.length === 0 ? `Removing ${first?.node ?? ''}` : `Removing ${others.length + 1} nodes`;
}

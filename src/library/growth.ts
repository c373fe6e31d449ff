import { addNodes } from '../cluster/node/add-nodes.ts';
import { removeNodes } from '../cluster/node/remove-nodes.ts';
import type { Engine } from '../engine/engine.ts';
import { parseNodeSizes } from '../config/node-options.ts';
import { UsageError } from '../errors.ts';
import type { Report } from '../events.ts';
import type { PlannedNode } from '../plan/plan.ts';
import { noSignals } from './no-signals.ts';

export interface AddNodesOptions {
  /** Node group of all of them.  Default: for each, the group with the fewest nodes. */
  readonly group?: string | undefined;
  /** Of each of them, as simulated: bytes, or a size such as `64g`.  Default: `nodeMemory` of the cluster. */
  readonly memory?: number | string | undefined;
  /** Of each of them, as simulated.  Default: `nodeCpus` of the cluster. */
  readonly cpus?: number | undefined;
  /** Of each of them, as simulated: bytes, or a size.  Default: `nodeDisk` of the cluster. */
  readonly disk?: number | string | undefined;
}

/** See `Cluster.addNodes`; resolves to the plans of the new ones. */
export async function growCluster(
  engine: Engine,
  cluster: string,
  { count, group, report, ...sizes }: AddNodesOptions & { readonly count: number; readonly report: Report },
): Promise<readonly PlannedNode[]> {
  if (!Number.isInteger(count) || count < 1 || count > 999) {
    throw new UsageError(`addNodes: a whole number from 1 to 999, not ${count}`);
  }
  const said = parseNodeSizes(sizes, (size) => `addNodes: ${size}`);
  return (await addNodes(engine, { cluster, count, group, ...said }, { report, signals: noSignals })).added;
}

/** See `Cluster.removeNode`. */
export async function shrinkCluster(engine: Engine, cluster: string, node: string, report: Report): Promise<void> {
  await removeNodes(engine, { cluster, names: [node] }, { report, signals: noSignals });
}

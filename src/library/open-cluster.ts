import { removeClusters } from '../cluster/down.ts';
import { findCluster } from '../cluster/find.ts';
import { findNode, readPlan } from '../cluster/living-plan.ts';
import { clusterStatus } from '../cluster/status.ts';
import { verifyCluster } from '../cluster/up/verify.ts';
import type { Engine } from '../engine/engine.ts';
import type { Report } from '../events.ts';
import { label } from '../plan/labels.ts';
import type { PlannedNode } from '../plan/plan.ts';
import type { Cluster, ClusterNode } from './cluster.ts';
import { execInCluster } from './exec.ts';
import { growCluster, shrinkCluster } from './growth.ts';
import { clusterLifecycle, nodeLifecycle } from './lifecycle.ts';
import { clusterPorts } from './ports.ts';
import { readRapi } from './read-rapi.ts';

interface Opening {
  readonly report: Report;
  /** of the `up` that asks; left out: none did */
  readonly runId?: string;
}

/**
 * The object for a cluster that there is.
 *
 * @param name see `findCluster`
 * @throws {NotFoundError} naming those that exist
 */
export async function openCluster(engine: Engine, name: string | undefined, opening: Opening): Promise<Cluster> {
  const found = await findCluster(engine, name);
  let plan = await readPlan(engine, found);
  const [slice] = found.slices;
  const rapi = await readRapi(engine, found, plan);
  const toNode = (node: PlannedNode) => describeNode(engine, found.name, node);
  const created = opening.runId !== undefined && slice.labels[label.run] === opening.runId;
  const look = async () => {
    plan = await readPlan(engine, await findCluster(engine, found.name));
    return plan;
  };
  // After what changed the nodes, however it went: that is what is told, and not that this failed as well.
  const lookAgain = () => look().catch(() => undefined);
  const down = async () => {
    await removeClusters(engine, [found.name], opening.report);
  };
  return {
    name: found.name,
    created,
    get nodes() {
      return plan.nodes.map(toNode);
    },
    get rapi() {
      return rapi();
    },
    node: (wanted) => toNode(findNode(plan, wanted)),
    exec: (node, argv, options) => execInCluster(engine, { cluster: found.name, node }, argv, options),
    addNodes: async (count = 1, like = {}) => {
      const added = await growCluster(engine, found.name, { ...like, count, report: opening.report }).finally(
        lookAgain,
      );
      return added.map(toNode);
    },
    removeNode: (node) => shrinkCluster(engine, found.name, node, opening.report).finally(lookAgain),
    verify: async () => {
      await verifyCluster(engine, slice.name, await look());
    },
    status: () => clusterStatus(engine, found.name),
    ...clusterLifecycle(engine, found.name, opening.report),
    ...clusterPorts(engine, found.name),
    down,
    [Symbol.asyncDispose]: () => (created ? down() : Promise.resolve()),
  };
}

function describeNode(engine: Engine, cluster: string, { names, address, group }: PlannedNode): ClusterNode {
  const [name = ''] = names;
  return {
    name,
    shortName: names.at(-1) ?? name,
    address,
    group,
    ...nodeLifecycle(engine, cluster, name),
    exec: (argv, options) => execInCluster(engine, { cluster, node: name }, argv, options),
  };
}

import { removeClusters } from '../cluster/down.ts';
import { findCluster, sliceHosts } from '../cluster/find.ts';
import { actOnNodes, type NodeAction } from '../cluster/lifecycle/nodes.ts';
import { startCluster } from '../cluster/lifecycle/start.ts';
import { pauseCluster, stopCluster, unpauseCluster } from '../cluster/lifecycle/stop.ts';
import { findNode, readPlan } from '../cluster/current-plan.ts';
import { addNodes } from '../cluster/node/add-nodes.ts';
import { removeNodes } from '../cluster/node/remove-nodes.ts';
import { addPorts } from '../cluster/ports/add-ports.ts';
import { allPorts, findPortOwners } from '../cluster/ports/published.ts';
import { removePorts } from '../cluster/ports/remove-ports.ts';
import { clusterStatus } from '../cluster/status.ts';
import { verifyCluster } from '../cluster/up/verify.ts';
import { parseNodeSizes } from '../config/node-options.ts';
import type { Engine } from '../engine/engine.ts';
import { UsageError } from '../errors.ts';
import type { Report } from '../events.ts';
import { label } from '../plan/labels.ts';
import type { PlannedNode } from '../plan/plan.ts';
import type { AddNodesOptions, Cluster, ClusterNode, Lifecycle, Ports } from './cluster.ts';
import { execInCluster, noSignals } from './exec.ts';
import { readRapi } from './rapi.ts';

interface OpenOptions {
  readonly report: Report;
  /** id of the `up` call that opens the cluster, if any */
  readonly runId?: string;
}

/**
 * Returns the object for an existing cluster.
 *
 * @param name see `findCluster`
 * @throws {NotFoundError} naming the existing clusters
 */
export async function openCluster(engine: Engine, name: string | undefined, options: OpenOptions): Promise<Cluster> {
  const found = await findCluster(engine, name);
  let plan = await readPlan(engine, found);
  const [slice] = found.slices;
  const rapi = await readRapi(engine, found);
  const { report, runId } = options;
  const created = runId !== undefined && slice.labels[label.run] === runId;
  const toNode = (node: PlannedNode) => describeNode(engine, found.name, node);
  const refresh = async () => {
    plan = await readPlan(engine, await findCluster(engine, found.name));
    return plan;
  };
  // After a change of nodes, successful or not.  Its own failure must not hide that of the change.
  const tryRefresh = () => refresh().catch(() => undefined);
  const down = async () => {
    await removeClusters(engine, [found.name], report);
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
    exec: (node, argv, execOptions) => execInCluster(engine, { cluster: found.name, node }, argv, execOptions),
    addNodes: async (count = 1, nodeOptions = {}) => {
      const added = await growCluster(engine, found.name, { ...nodeOptions, count, report }).finally(tryRefresh);
      return added.map(toNode);
    },
    removeNode: async (node) => {
      const request = { cluster: found.name, names: [node] };
      await removeNodes(engine, request, { report, signals: noSignals }).finally(tryRefresh);
    },
    verify: async () => {
      await verifyCluster(sliceHosts(engine, found), await refresh());
    },
    status: () => clusterStatus(engine, found.name),
    ...clusterLifecycle(engine, found.name, report),
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

async function growCluster(
  engine: Engine,
  cluster: string,
  { count, group, report, ...sizes }: AddNodesOptions & { readonly count: number; readonly report: Report },
): Promise<readonly PlannedNode[]> {
  if (!Number.isInteger(count) || count < 1 || count > 999) {
    throw new UsageError(`addNodes: ${count} is not a whole number from 1 to 999`);
  }
  const parsed = parseNodeSizes(sizes, (size) => `addNodes: ${size}`);
  return (await addNodes(engine, { cluster, count, group, ...parsed }, { report, signals: noSignals })).added;
}

function clusterLifecycle(engine: Engine, name: string, report: Report): Lifecycle {
  const find = () => findCluster(engine, name);
  const start = async () => {
    await startCluster(engine, await find(), { report, signal: new AbortController().signal });
  };
  const stop = async () => {
    await stopCluster(engine, await find(), report);
  };
  return {
    start,
    stop,
    restart: async () => {
      await stop();
      await start();
    },
    pause: async () => {
      await pauseCluster(engine, await find());
    },
    unpause: async () => {
      await unpauseCluster(engine, await find());
    },
  };
}

function nodeLifecycle(engine: Engine, cluster: string, node: string): Lifecycle {
  const act = (action: NodeAction) => async () => {
    await actOnNodes(engine, await findCluster(engine, cluster), action, [node]);
  };
  return {
    start: act('start'),
    stop: act('stop'),
    restart: act('restart'),
    pause: act('pause'),
    unpause: act('unpause'),
  };
}

function clusterPorts(engine: Engine, name: string): Ports {
  return {
    ports: async () => allPorts(engine, await findPortOwners(engine, name)),
    publish: async (port) => {
      const [published] = await addPorts(engine, [port], { name, signal: new AbortController().signal });
      if (published === undefined) throw new RangeError(`${port} was not published`);
      return published;
    },
    unpublish: async (port) => {
      await removePorts(engine, [port], name);
    },
  };
}

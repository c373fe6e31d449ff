import type { HostOptions } from '../../config/host-options.ts';
import type { Engine } from '../../engine/engine.ts';
import { UsageError } from '../../errors.ts';
import { findSlice, nextSlice } from '../../plan/choose-slice.ts';
import { growPlan } from '../../plan/grow.ts';
import { findCluster } from '../find.ts';
import { readPlan } from '../current-plan.ts';
import { addNodes, type NodesAdded, type NodesToAdd } from '../node/add-nodes.ts';
import { requireRunning } from '../availability.ts';
import { recreateHint } from './check-host.ts';
import { joinHost, type JoinContext } from './join-host.ts';

export interface NodesOnHost extends Omit<NodesToAdd, 'host'> {
  /** one of the cluster's hosts, or one that joins it */
  readonly host: HostOptions;
}

/**
 * Adds nodes on a host, which joins the cluster if it is not one of its hosts.
 *
 * @throws {VclusterError} as `addNodes` and `joinHost`; a host that got no node leaves the cluster again
 */
export async function addNodesOn(engine: Engine, wanted: NodesOnHost, context: JoinContext): Promise<NodesAdded> {
  const { host: options, count } = wanted;
  const { endpoint, advertise, port } = options;
  const cluster = await findCluster(engine, wanted.cluster);
  const plan = await readPlan(engine, cluster);
  const onIt = { ...wanted, host: endpoint };
  if (plan.overlay === null) {
    throw new UsageError('--host is for clusters on several hosts', {
      hint: `this cluster is on one host: leave --host out, or ${recreateHint}`,
    });
  }
  if (findSlice(plan, endpoint) !== undefined) {
    if ((advertise ?? port) === undefined) return addNodes(engine, onIt, context);
    throw new UsageError(`${endpoint} is already a host of the cluster`, { hint: 'leave advertise and port out' });
  }
  requireRunning(cluster);
  growPlan(plan, count, { ...wanted, slice: nextSlice(plan) }); // reports now if there is no room
  const removeHost = await joinHost({ engine, cluster, plan, options, count }, context);
  try {
    return await addNodes(engine, onIt, context);
  } catch (error) {
    await removeHost();
    throw error;
  }
}

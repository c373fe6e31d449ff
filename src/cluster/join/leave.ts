import type { Report } from '../../events.ts';
import { nodesIn } from '../../plan/choose-slice.ts';
import type { PlannedSlice } from '../../plan/plan.ts';
import { rememberHosts } from '../fleet/hints.ts';
import { readPlan } from '../living-plan.ts';
import type { Host } from '../spread/host.ts';
import type { MadeOn } from '../spread/made-on.ts';
import type { Newcomer } from './newcomer.ts';
import { forgetPeer } from './tell-peers.ts';

/** A host that is not to be one of the cluster's after all. */
export interface Departing {
  readonly newcomer: Newcomer;
  readonly host: Host;
  readonly made: MadeOn;
  /** undefined: none was made */
  readonly slice: PlannedSlice | undefined;
  readonly stateDirectory: string;
  readonly report: Report;
}

/** Takes all of it back, unless there may be nodes on it, even half-made ones. */
export async function leaveIfEmpty(departing: Departing): Promise<void> {
  const { newcomer, host } = departing;
  const plan = await readPlan(newcomer.engine, newcomer.cluster).catch(() => undefined);
  if (plan === undefined || nodesIn(plan.nodes, host.number) > 0) return;
  await leave(departing);
  departing.report({
    type: 'notice',
    message: `${host.endpoint} got no node, and is none of the cluster's hosts again.`,
  });
}

/** Takes all of it back, as far as can be. */
export async function leave({ newcomer, host, made, slice, stateDirectory, report }: Departing): Promise<void> {
  const { cluster } = newcomer;
  if (slice !== undefined) await forgetPeer(newcomer, slice, report);
  const left = await made.undo();
  for (const { endpoint } of left) {
    report({
      type: 'warning',
      message: `host ${endpoint}: what was made there for the cluster ${cluster.name} (slice ${host.number}) could not be removed`,
      hint: `when it answers again, there: docker rm --force vcluster-box-${cluster.name}-${host.number}`,
    });
  }
  const before = (cluster.hosts ?? []).map(({ endpoint }) => endpoint);
  await rememberHosts(stateDirectory, cluster.name, before).catch(() => undefined);
}

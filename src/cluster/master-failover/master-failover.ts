import type { Engine } from '../../engine/engine.ts';
import { ConflictError, SliceError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { Plan } from '../../plan/plan.ts';
import { nodeDirectory } from '../../plan/slice-paths.ts';
import { runStep } from '../../steps.ts';
import { waitUntil } from '../../wait.ts';
import type { ExecTarget } from '../exec.ts';
import { type Cluster, findCluster } from '../find.ts';
import { findFault } from '../inspect.ts';
import { findNode, readPlan } from '../current-plan.ts';
import { requireNode } from '../availability.ts';
import { countVotes, takeOver, type Voting } from './take-over.ts';

export interface FailoverRequest {
  /** see `findCluster` */
  readonly cluster: string | undefined;
  /** the new master; short or full name */
  readonly node: string;
  /** whether Ganeti skips the vote of the other nodes */
  readonly noVoting: boolean;
}

export interface Failover {
  readonly cluster: string;
  /** full name of the new master */
  readonly master: string;
  /** full name of the previous master; null when none was known */
  readonly before: string | null;
  readonly voting: Pick<Voting, 'nodes' | 'answering' | 'needed'>;
}

/**
 * Makes another node the master with Ganeti's `gnt-cluster master-failover`, and waits until it and RAPI respond.
 *
 * @param signal aborts when the user interrupts; a failover in progress continues
 * @throws {ConflictError} when the node is already the master, has missed a failover, or too few nodes respond for a
 * vote
 * @throws {CommandFailedError} with Ganeti's output, when it refuses for another reason or fails
 * @throws {SliceError} when the new master does not respond
 */
export async function masterFailover(
  engine: Engine,
  { cluster: asked, node, noVoting }: FailoverRequest,
  { report, signal }: { readonly report: Report; readonly signal: AbortSignal },
): Promise<Failover> {
  const cluster = await findCluster(engine, asked);
  const plan = await readPlan(engine, cluster);
  const target = targetOf(cluster, plan, node);
  const running = cluster.slices.filter(({ state }) => state === 'running');
  const voting = await countVotes(engine, running, plan.nodes.length);
  const [master = ''] = target.names;
  if (voting.leading === master) throw isMaster(master);
  refuseOutdated(cluster.name, master, voting);
  report({ type: 'notice', message: describeVote(voting, noVoting) });
  const step = { id: 'failover', title: `Making ${master} the master` };
  report({ type: 'run-started', title: `Cluster ${cluster.name}`, steps: [step] });
  await runStep(report, step, async (onLine) => {
    signal.throwIfAborted();
    await takeOver(engine, target, { voting, noVoting, onLine, signal });
    await awaitMaster(engine, target.container, master, signal);
  }).finally(() => {
    report({ type: 'run-ended' });
  });
  const { nodes, answering, needed } = voting;
  return { cluster: cluster.name, master, before: voting.master, voting: { nodes, answering, needed } };
}

function targetOf(cluster: Cluster, plan: Plan, name: string): ExecTarget {
  const node = findNode(plan, name);
  const { name: container } = requireNode(cluster, node);
  return { container, directory: nodeDirectory(plan, node), names: node.names, cluster: cluster.name };
}

function isMaster(master: string): ConflictError {
  return new ConflictError(`${master} is already the master`, {
    hint: 'see the roles of all nodes: vcluster-box status',
  });
}

/** Ganeti would refuse it: "I have a wrong configuration", or "already the master" if it was the master before. */
function refuseOutdated(cluster: string, node: string, { leading, believed }: Voting): void {
  const other = believed.get(node);
  if (leading === null || other === undefined || other === leading) return;
  throw new ConflictError(`${node} missed a failover: its files still name ${other} as the master`, {
    hint: `send it the configuration: vcluster-box -c ${cluster} exec ${leading} gnt-cluster redist-conf`,
  });
}

function describeVote({ nodes, answering, needed }: Voting, noVoting: boolean): string {
  const counted = `${answering} of ${nodes} nodes answer, and a vote needs ${needed}`;
  return noVoting ? `${counted}; the vote is skipped` : counted;
}

const answerTimeoutMs = 60_000;

/**
 * Waits until a new master accepts jobs, and RAPI responds on the cluster address.
 *
 * @param container of the master's slice
 * @throws {SliceError} when the wait times out
 */
async function awaitMaster(engine: Engine, container: string, master: string, signal: AbortSignal): Promise<void> {
  let fault: string | undefined;
  const ask = async () => {
    fault = await findFault(engine, container);
    return fault === undefined ? true : undefined;
  };
  if ((await waitUntil(ask, { timeoutMs: answerTimeoutMs, intervalMs: 300, signal })) === true) return;
  throw new SliceError(`${master} is now the master, but does not answer: ${fault ?? ''}`, {
    hint: 'see what is down: vcluster-box status',
  });
}

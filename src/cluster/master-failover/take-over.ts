import { finished } from 'node:stream/promises';
import type { ContainerSummary, Engine, OnLine } from '../../engine/engine.ts';
import { CommandFailedError, ConflictError } from '../../errors.ts';
import { keepLast, lineStream } from '../../lines.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import type { ExecTarget } from '../exec.ts';
import { electMaster, readVotes } from '../master.ts';

export interface TakeOver {
  readonly voting: Voting;
  readonly noVoting: boolean;
  /** receives Ganeti's output */
  readonly onLine: OnLine;
  readonly signal: AbortSignal;
}

/**
 * Makes a node the master.
 *
 * A node that is already recorded as the master, but cannot lead because too few nodes confirm it, needs no failover:
 * its slice only has to start the master daemons without a vote.  Ganeti's own command refuses that ("is already the
 * master").
 */
export async function takeOver(engine: Engine, target: ExecTarget, how: TakeOver): Promise<void> {
  const { voting, noVoting } = how;
  const [node = ''] = target.names;
  const named = voting.master === node;
  if (named && !noVoting) throw noMajority(voting, node);
  const argv = named
    ? [slicePaths.program, 'start-master', node]
    : ['gnt-cluster', 'master-failover', ...(noVoting ? ['--no-voting', '--yes-do-it'] : [])];
  const { status, output, refused } = await runReporting(engine, target, argv, how);
  if (status === 0) return;
  if (refused) throw noMajority(voting, node);
  throw new CommandFailedError(`${node} did not become the master (${argv.slice(0, 2).join(' ')}: status ${status})`, {
    status,
    stdout: output,
    stderr: '',
  });
}

/**
 * Ganeti's message when it has no majority (`gnt_cluster.MasterFailover`); the nodes that it lists are the wrong ones.
 */
const ganetisRefusal = 'only possible if the majority of nodes are still healthy';

/** of Ganeti's output */
const keptLines = 100;

async function runReporting(
  engine: Engine,
  { container, directory }: ExecTarget,
  argv: readonly string[],
  { onLine, signal }: TakeOver,
): Promise<{ readonly status: number; readonly output: string; readonly refused: boolean }> {
  const lines: string[] = [];
  let refused = false;
  const stream = lineStream((line) => {
    keepLast(lines, line, keptLines);
    refused ||= line.includes(ganetisRefusal);
    onLine(line);
  });
  const env = { GANETI_ROOTDIR: directory, GANETI_HOSTNAME: directory.split('/').at(-1) ?? '' };
  const status = await engine.exec(container, { argv, env, signal }, { stdout: stream, stderr: stream });
  await finished(stream.end());
  return { status, output: lines.join('\n'), refused };
}

function noMajority({ nodes, answering, needed }: Voting, node: string): ConflictError {
  return new ConflictError(`${answering} of ${nodes} nodes answer, but ${node} needs ${needed} to become the master`, {
    hint:
      'start the others, or their hosts; if they are lost: --no-voting, once you are sure that no node there acts as the' +
      ' master (vcluster-box master-failover --help)',
  });
}

export interface Voting {
  /** number of nodes in the cluster */
  readonly nodes: number;
  /** number of nodes that respond */
  readonly answering: number;
  /** number of nodes that must respond for a vote */
  readonly needed: number;
  /** full name of the node that most nodes consider the master; null when none is known */
  readonly master: string | null;
  /** full name of the node that acts as the master; null when no reachable node does */
  readonly leading: string | null;
  /** the node that each responding node considers the master; full names */
  readonly believed: ReadonlyMap<string, string>;
}

/**
 * Predicts the result of Ganeti's vote.
 *
 * @param slices the running ones
 * @param nodes number of nodes in the cluster, including unreachable ones
 */
export async function countVotes(engine: Engine, slices: readonly ContainerSummary[], nodes: number): Promise<Voting> {
  const answers = await readVotes(engine, slices);
  const answering = answers.flatMap(({ votes }) => votes).filter((vote) => vote.answers);
  const master = electMaster(answers);
  // Of two nodes that act as the master, one is about to step down.
  const leading = answers.some((answer) => answer.leading !== null) ? master : null;
  const believed = new Map(answering.map((vote) => [vote.node, vote.master]));
  const needed = Math.floor(nodes / 2) + 1;
  return { nodes, answering: answering.length, needed, master, leading, believed };
}

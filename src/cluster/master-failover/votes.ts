import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { capture } from '../capture.ts';

/** What a node says of who is the master: `vcluster-slice votes`, in `vcluster_slice/master/votes.py`. */
interface Vote {
  /** full name */
  readonly node: string;
  /** full name of the node that it takes for the master */
  readonly master: string;
  /** whether its daemon would say so, if it were asked */
  readonly answers: boolean;
}

interface SliceVotes {
  readonly votes: readonly Vote[];
  /** full name of the slice's node whose master's daemons run */
  readonly leading: string | null;
}

export interface Voting {
  /** how many nodes the cluster has */
  readonly nodes: number;
  /** how many of them answer */
  readonly answering: number;
  /** how many must, for a failover that is voted for */
  readonly needed: number;
  /** full name of the node that most take for the master; null when none is known */
  readonly master: string | null;
  /** full name of the node that acts as the master; null when none does, as far as it can be seen */
  readonly leading: string | null;
}

/**
 * How a vote would go, before Ganeti holds it.
 *
 * @param slices those that run
 * @param nodes how many the cluster has, those that cannot be asked among them
 */
export async function countVotes(engine: Engine, slices: readonly ContainerSummary[], nodes: number): Promise<Voting> {
  const answers = await Promise.all(slices.map(({ name }) => readVotes(engine, name)));
  const votes = answers.flatMap((answer) => answer.votes);
  const tally = new Map<string, number>();
  for (const { master } of votes) tally.set(master, (tally.get(master) ?? 0) + 1);
  const [winner] = [...tally].sort(([, a], [, b]) => b - a);
  const leading = answers.map((answer) => answer.leading).find((name) => name !== null) ?? null;
  const answering = votes.filter((vote) => vote.answers).length;
  return { nodes, answering, needed: Math.floor(nodes / 2) + 1, master: leading ?? winner?.[0] ?? null, leading };
}

async function readVotes(engine: Engine, container: string): Promise<SliceVotes> {
  const { status, stdout, stderr } = await capture(engine, container, [slicePaths.program, 'votes']);
  if (status === 0) return JSON.parse(stdout) as SliceVotes;
  const output = `${stdout}${stderr}`.trimEnd().split('\n').slice(-10);
  throw new SliceError(`container ${container} cannot say how its nodes vote (status ${status})`, { output });
}

import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import { electMaster, readVotes } from '../master.ts';

export interface Voting {
  /** how many nodes the cluster has */
  readonly nodes: number;
  /** how many of them answer */
  readonly answering: number;
  /** how many must answer for a vote */
  readonly needed: number;
  /** full name of the node that most take for the master; null when none is known */
  readonly master: string | null;
  /** full name of the node that acts as the master; null when none does, as far as can be seen */
  readonly leading: string | null;
}

/**
 * How a vote would end, before Ganeti holds it.
 *
 * @param slices those that run
 * @param nodes how many the cluster has, including those that cannot be asked
 */
export async function countVotes(engine: Engine, slices: readonly ContainerSummary[], nodes: number): Promise<Voting> {
  const answers = await readVotes(engine, slices);
  const answering = answers.flatMap(({ votes }) => votes).filter((vote) => vote.answers).length;
  const leading = answers.find((answer) => answer.leading !== null)?.leading ?? null;
  return { nodes, answering, needed: Math.floor(nodes / 2) + 1, master: electMaster(answers), leading };
}

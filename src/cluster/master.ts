import type { ContainerSummary, Engine } from '../engine/engine.ts';
import type { Plan } from '../plan/plan.ts';
import type { Shape } from '../shape.ts';
import { askSlice } from './ask-slice.ts';
import type { Cluster } from './find.ts';

/** Which node a node considers the master, as its files say. */
export interface Vote {
  /** full name */
  readonly node: string;
  /** full name of the node that it considers the master */
  readonly master: string;
  /** when it was told; seconds since the epoch */
  readonly since: number;
  /** stopped on purpose: it might have missed a failover */
  readonly stopped: boolean;
  /** offline in Ganeti: it is not told of a failover */
  readonly offline: boolean;
  /** whether its daemon answers */
  readonly answers: boolean;
}

/** Output of `vcluster-slice votes`. */
export interface SliceVotes {
  readonly votes: readonly Vote[];
  /** full name of the slice's node that acts as the master: its daemons run */
  readonly leading: string | null;
}

/**
 * The master of a cluster, by the votes of its slices: the node that acts as the master; otherwise the one that most
 * nodes consider the master, or in a tie the one that was named last.  Votes of offline nodes do not count, nor do
 * those of stopped nodes, unless there are no others.  The slices count in the same way (`master/votes.py` in the
 * slice's program).
 *
 * @returns its full name; null when no node is in a cluster yet
 */
export function electMaster(slices: readonly SliceVotes[]): string | null {
  const tally = new Map<string, { count: number; since: number }>();
  for (const { master, since } of countedVotes(slices)) {
    const before = tally.get(master) ?? { count: 0, since: 0 };
    tally.set(master, { count: before.count + 1, since: Math.max(before.since, since) });
  }
  const leading = slices.flatMap((slice) => slice.leading ?? []);
  const strength = (name: string) => tally.get(name) ?? { count: 0, since: 0 };
  const [winner] = (leading.length > 0 ? leading : [...tally.keys()]).toSorted((a, b) => {
    const [first, second] = [strength(a), strength(b)];
    return second.count - first.count || second.since - first.since || (a < b ? -1 : 1);
  });
  return winner ?? null;
}

function countedVotes(slices: readonly SliceVotes[]): readonly Vote[] {
  const votes = slices.flatMap((slice) => slice.votes);
  const online = votes.filter(({ offline }) => !offline);
  const electorate = online.length > 0 ? online : votes;
  const running = electorate.filter(({ stopped }) => !stopped);
  return running.length > 0 ? running : electorate;
}

export const votesShape = {
  votes: [
    {
      ...{ node: 'string', master: 'string', since: 'number' },
      ...{ stopped: 'boolean', offline: 'boolean', answers: 'boolean' },
    },
  ],
  'leading?': 'string',
} satisfies Shape;

/** @param slices that run */
export function readVotes(engine: Engine, slices: readonly ContainerSummary[]): Promise<readonly SliceVotes[]> {
  const request = { command: 'votes', shape: votesShape };
  return Promise.all(slices.map(({ name }) => askSlice<SliceVotes>(engine, name, request)));
}

/** Full name of the master of a running cluster; before there is one, that of the first node. */
export async function findMaster(engine: Engine, { slices }: Cluster, { nodes }: Plan): Promise<string> {
  const running = slices.filter(({ state }) => state === 'running');
  const master = electMaster(await readVotes(engine, running));
  const known = nodes.some(({ names }) => names[0] === master);
  return known && master !== null ? master : (nodes[0]?.names[0] ?? '');
}

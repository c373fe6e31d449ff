import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { type Slice, startSlice } from '../support/slice.ts';

/** Node `n` of slice `s` has the name `s.n`. */
interface Case {
  /**
   * For each slice that answers: the node that each of its nodes names, and since when; those with a `z` are stopped.
   */
  readonly slices: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly leading?: readonly string[];
  /** how many nodes the cluster has, including those of slices that do not answer */
  readonly nodes: number;
  readonly complete?: boolean;
  readonly offline?: readonly string[];
}

const code = `
import json, sys
from vcluster_slice.master.votes import SliceVotes, Vote, decide
results = []
for case in json.load(sys.stdin):
    answers = []
    for votes in case["slices"].values():
        told = []
        for node, said in votes.items():
            master, _, since = said.partition("@")
            told.append(Vote(node, master, float(since.rstrip("z") or 0), since.endswith("z")))
        leading = next((node for node in votes if node in case.get("leading", [])), None)
        answers.append(SliceVotes(tuple(told), leading))
    names = {node for votes in case["slices"].values() for node in votes}
    absent = {f"absent{number}" for number in range(case["nodes"] - len(names))}
    decision = decide(answers, frozenset(names | absent) - set(case.get("offline", [])), complete=case.get("complete", False))
    results.append(decision.master)
print(json.dumps(results))`;

const one = { '1.1': '1.1@1', '1.2': '1.1@1' };
const two = { '2.1': '1.1@1', '2.2': '1.1@1' };
const apart = { '2.1': '2.1@5', '2.2': '2.1@5' };

const cases: readonly (readonly [what: string, Case, master: string | null])[] = [
  ['all name one', { slices: { one, two }, nodes: 4, complete: true }, '1.1'],
  ['half of the nodes answer', { slices: { one }, nodes: 4 }, null],
  ['more than half do, and name it', { slices: { one }, nodes: 3 }, '1.1'],
  ['more than half answer, and do not agree', { slices: { one, apart }, nodes: 6 }, null],
  [
    'equal votes, with nobody left to ask: the one named last',
    { slices: { one, apart }, nodes: 4, complete: true },
    '2.1',
  ],
  ['one leads already, whatever the votes', { slices: { one, apart }, leading: ['1.1'], nodes: 9 }, '1.1'],
  ['one leads where too few answer', { slices: { apart }, leading: ['2.1'], nodes: 4 }, '2.1'],
  [
    'two lead: the one that more name',
    { slices: { one, apart, three: { '3.1': '1.1@1' } }, leading: ['1.1', '2.1'], nodes: 5 },
    '1.1',
  ],
  [
    'two lead, named by as many: the one named last',
    { slices: { one, apart }, leading: ['1.1', '2.1'], nodes: 4 },
    '2.1',
  ],
  [
    'nodes that are stopped have no vote',
    { slices: { one: { '1.1': '1.1@9z', '1.2': '1.1@9z' }, apart }, nodes: 4, complete: true },
    '2.1',
  ],
  ['unless all are', { slices: { one: { '1.1': '1.1@1z', '1.2': '1.1@1z' } }, nodes: 2, complete: true }, '1.1'],
  [
    'nodes that are offline have no vote',
    { slices: { one, apart }, nodes: 4, complete: true, offline: ['2.1', '2.2'] },
    '1.1',
  ],
  ['there is no cluster', { slices: { one: {}, two: {} }, nodes: 4, complete: true }, null],
];

describe.skipIf(!dockerAvailable)('the vote of several slices for the master', () => {
  let box: Slice;
  let masters: readonly (string | null)[];
  beforeAll(async () => {
    box = await startSlice({ idle: true });
    masters = JSON.parse(await python(box, code, JSON.stringify(cases.map(([, given]) => given)))) as typeof masters;
  });
  afterAll(() => box[Symbol.asyncDispose]());

  it.each(cases.map(([what, , master], index) => ({ what, master, index })))('$what', ({ master, index }) => {
    expect(masters[index]).toBe(master);
  });
});

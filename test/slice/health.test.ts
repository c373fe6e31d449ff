import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { type Slice, startSlice } from '../support/slice.ts';

const stuck = 'the job queue is stuck: 2 jobs are queued, and none is running';

/**
 * The jobs in the queue, each with its state and age in seconds; the user's filters; and a daemon that does not answer.
 */
type Case = readonly [string, readonly (readonly [string, number])[], readonly string[], string, string];
const queued = ['queued', 60] as const;
const cases: readonly Case[] = [
  ['no job has run for 30 s', [['success', 90], queued, ['queued', 31]], [], '', stuck],
  ['the newest job is new', [queued, ['queued', 1]], [], '', ''],
  [
    'a job runs',
    [
      ['running', 60],
      ['queued', 31],
    ],
    [],
    '',
    '',
  ],
  ['the newest job has ended', [queued, ['error', 31]], [], '', ''],
  ['the user has filters, which can hold jobs', [queued], ['a filter'], '', ''],
  ['there are no jobs', [], [], '', ''],
  ['luxid does not answer', [], [], 'query', 'ganeti-luxid on node1 does not answer: No such file or directory'],
  ['wconfd does not answer', [], [], 'wconfd', 'ganeti-wconfd on node1 does not answer: No such file or directory'],
];

/** What the slice finds wrong with a master that answers like this. */
const lookAtQueue = `
import json, pathlib, sys, time, types
from vcluster_slice.ganeti import luxi
given = json.load(sys.stdin)
jobs = [[status, [int(time.time()) - age, 0]] for status, age in given["jobs"]]
real = luxi.ask
def ask(master, method, arguments, *, timeout=0, daemon="query"):
    if daemon == given["silent"]:
        return real(master, method, arguments, daemon=daemon)
    match method, arguments:
        case "echo", _: return ""
        case "Query", _: return {"data": [[[0, uuid]] for uuid in given["filters"]]}
        case "QueryJobs", [[], _]: return [[status, 1] for status, _ in jobs]
        case "QueryJobs", _: return jobs[-1:] or [None]
luxi.ask = ask
print(luxi.standstill(types.SimpleNamespace(name="node1", directory=pathlib.Path("/nowhere"))) or "", end="")
`;

describe.skipIf(!dockerAvailable)('a slice knows whether its master runs jobs when', () => {
  let box: Slice;
  beforeAll(async () => {
    box = await startSlice({ idle: true });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  it.each(cases)('%s', async (_what, jobs, filters, silent, expected) => {
    expect(await python(box, lookAtQueue, JSON.stringify({ jobs, filters, silent }))).toBe(expected);
  });
});

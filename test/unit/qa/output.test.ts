import { readFile } from 'node:fs/promises';
import { expect, it, describe } from 'vitest';
import { parseQaLine } from '../../../src/qa/parse-line.ts';
import { tallyQa } from '../../../src/qa/tally.ts';

/** Lines as the suite of Ganeti 3.0.2 prints them with `images/qa/bundle/run_suite.py`; times and tests are edited. */
const log = await readFile(`${import.meta.dirname}/../../fixtures/qa/suite.log`, 'utf8');
const selected = new Set(['env', 'create-cluster', 'cluster-copyfile', 'cluster-oob', 'instance-reinstall']);

function read(text: string) {
  const tally = tallyQa(selected);
  const updates = text.split('\n').map((line) => tally.read(line));
  return { tally, stages: [...new Set(updates.map(({ stage }) => stage))] };
}

describe('the output of the QA suite', () => {
  it('contains the outcome, groups, duration and disk template of each test', () => {
    const { tally } = read(log);
    const ran = tally.tests().filter(({ outcome }) => outcome !== 'skipped');
    expect(
      ran.map(({ name, outcome, groups, template, seconds }) => [name, outcome, groups, template, seconds]),
    ).toEqual([
      ['TestSshConnection', 'passed', ['env'], undefined, 2.499469],
      ['TestClusterInit', 'passed', ['create-cluster'], undefined, 70.018241],
      ['TestClusterReservedLvs', 'passed', ['cluster-reserved-lvs'], undefined, 0.00006],
      ['TestClusterOob', 'passed', ['cluster-oob'], undefined, 2.5],
      ['TestInstanceAddSharedFile', 'passed', ['instance-add-shared-file'], 'sharedfile', 2],
      ['TestInstanceReinstall', 'failed', ['instance-reinstall'], 'sharedfile', 2.25],
    ]);
    expect(ran[0]?.title).toBe('Test SSH connection');
  });

  it('contains the reason of a failure', () => {
    const failed = read(log)
      .tally.tests()
      .find(({ outcome }) => outcome === 'failed');
    expect(failed?.reason).toBe(
      "Command 'gnt-instance reinstall -f instance1.example.com' on node node1.example.com failed, exit code 1",
    );
  });

  it('contains skipped tests with the reason, except those that were not selected', () => {
    const skipped = read(log)
      .tally.tests()
      .filter(({ outcome }) => outcome === 'skipped');
    expect(skipped.map(({ name, reason }) => [name, reason])).toEqual([
      ['TestClusterCopyfile', 'the suite skips it on virtual clusters; --with-skipped runs most of these tests'],
      ['Creating instances of template rbd', 'needs a Ceph cluster and its kernel module'],
    ]);
  });

  it('shows which tests had nothing to do', () => {
    const { tally } = read(log);
    expect(
      tally
        .tests()
        .filter(({ vacuous }) => vacuous)
        .map(({ name }) => name),
    ).toEqual(['TestClusterReservedLvs']);
  });

  it('marks tests that the suite skips by default', () => {
    const { tally } = read(log);
    expect(
      tally
        .tests()
        .filter(({ lifted }) => lifted)
        .map(({ name }) => name),
    ).toEqual(['TestClusterOob']);
  });

  it('contains aborted blocks of tests', () => {
    expect(read(log).tally.broken()).toEqual([{ block: 'RunInstanceTests', error: 'No nodes left' }]);
  });

  it('goes through the stages of the suite in order', () => {
    expect(read(log).stages).toEqual(['env', 'setup', 'cluster', 'instances']);
  });

  it('can be read without the lines that the runner adds', () => {
    const plain = log.replaceAll(/^####.*\n/gm, '');
    const [first, second] = read(plain).tally.tests();
    expect([first?.name, first?.groups, second?.outcome]).toEqual(['TestSshConnection', [], 'passed']);
  });
});

describe('a line of output', () => {
  it.each(['', 'Command: ssh node1', '---- anything', '#### no JSON', '#### {"type":"other"}', '>>>> not a time'])(
    'that is not from the suite itself is ignored: %j',
    (line) => {
      expect(parseQaLine(line)).toBeUndefined();
    },
  );

  it('can start a test without a description', () => {
    expect(parseQaLine('<<<< 2026-11-24 11:39:03 start <function TestX at 0x7f12> ---')).toEqual({
      type: 'start',
      test: 'TestX',
      title: '',
    });
  });

  it('can report a test that took more than a day', () => {
    const line = '>>>> 2026-11-24 11:39:03.1 time=1 day, 1:01:01.5 [TestX] x';
    expect(parseQaLine(line)).toEqual({ type: 'end', seconds: 86_400 + 3600 + 61.5 });
  });
});

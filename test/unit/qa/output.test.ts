import { readFile } from 'node:fs/promises';
import { expect, it, describe } from 'vitest';
import { parseQaLine } from '../../../src/qa/parse-line.ts';
import { tallyQa } from '../../../src/qa/tally.ts';

/** Lines that the suite of Ganeti 3.0.2 printed, run by `images/qa/bundle/run_suite.py`. */
const log = await readFile(`${import.meta.dirname}/../../fixtures/qa/suite.log`, 'utf8');
const chosen = new Set(['env', 'create-cluster', 'cluster-copyfile', 'cluster-oob', 'instance-reinstall']);

function read(text: string) {
  const tally = tallyQa(chosen);
  const told = text.split('\n').map((line) => tally.read(line));
  return { tally, stages: [...new Set(told.map(({ stage }) => stage))] };
}

describe('the output of the QA suite', () => {
  it('tells of each test: its outcome, its groups, what it took, and on which kind of instance it was run', () => {
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

  it('tells why one failed', () => {
    const failed = read(log)
      .tally.tests()
      .find(({ outcome }) => outcome === 'failed');
    expect(failed?.reason).toBe(
      "Command 'gnt-instance reinstall -f instance1.example.com' on node node1.example.com failed, exit code 1",
    );
  });

  it('tells why one was skipped: not possible here, or left out by the suite; what nobody asked for does not count', () => {
    const skipped = read(log)
      .tally.tests()
      .filter(({ outcome }) => outcome === 'skipped');
    expect(skipped.map(({ name, reason }) => [name, reason])).toEqual([
      ['TestClusterCopyfile', 'the suite leaves it out here; --with-skipped runs most of these'],
      ['Creating instances of template plain', 'needs LVM: there are no block devices in a slice'],
    ]);
  });

  it('knows a test that had nothing to do from one that did something', () => {
    const { tally } = read(log);
    expect(
      tally
        .tests()
        .filter(({ vacuous }) => vacuous)
        .map(({ name }) => name),
    ).toEqual(['TestClusterReservedLvs']);
  });

  it('tells what the suite leaves out and was run all the same', () => {
    const { tally } = read(log);
    expect(
      tally
        .tests()
        .filter(({ lifted }) => lifted)
        .map(({ name }) => name),
    ).toEqual(['TestClusterOob']);
  });

  it('tells of a block of tests that was left before its end', () => {
    expect(read(log).tally.broken()).toEqual([{ block: 'RunInstanceTests', error: 'No nodes left' }]);
  });

  it('goes through the parts of the suite in their order', () => {
    expect(read(log).stages).toEqual(['env', 'setup', 'cluster', 'instances']);
  });

  it('can be read without what our runner adds, as the suite by itself prints it', () => {
    const plain = log.replaceAll(/^####.*\n/gm, '');
    const [first, second] = read(plain).tally.tests();
    expect([first?.name, first?.groups, second?.outcome]).toEqual(['TestSshConnection', [], 'passed']);
  });
});

describe('a line of it', () => {
  it.each(['', 'Command: ssh node1', '---- anything', '#### no JSON', '#### {"type":"other"}', '>>>> not a time'])(
    'that is none of the suite itself is let pass: %j',
    (line) => {
      expect(parseQaLine(line)).toBeUndefined();
    },
  );

  it('may name a test that has no description', () => {
    expect(parseQaLine('<<<< 2026-11-24 11:39:03 start <function TestX at 0x7f12> ---')).toEqual({
      type: 'start',
      test: 'TestX',
      title: '',
    });
  });

  it('may tell of a day and more', () => {
    const line = '>>>> 2026-11-24 11:39:03.1 time=1 day, 1:01:01.5 [TestX] x';
    expect(parseQaLine(line)).toEqual({ type: 'end', seconds: 86_400 + 3600 + 61.5 });
  });
});

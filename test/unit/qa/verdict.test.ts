import { expect, it, describe } from 'vitest';
import { junitXml } from '../../../src/qa/junit.ts';
import { knownFailures, type KnownFailure } from '../../../src/qa/known-failures.ts';
import type { QaTest } from '../../../src/qa/tally.ts';
import { count, isMended, isNewFailure, judge } from '../../../src/qa/result.ts';
import { readFile } from 'node:fs/promises';

const test = (given: Partial<QaTest> & { readonly name: string }): QaTest => ({
  title: `gnt-instance ${given.name}`,
  groups: ['instance-x'],
  outcome: 'passed',
  seconds: 1.5,
  lifted: false,
  vacuous: false,
  ...given,
});

const list: readonly KnownFailure[] = [
  { test: 'TestRename', templates: ['diskless'], reason: 'no disks' },
  { test: 'TestExport', ganeti: ['3.1'], reason: 'socat' },
];
const failed = { outcome: 'failed', reason: 'it <broke> & "ended"\u0007' } as const;

describe('the list of known failures', () => {
  it.each([
    ['TestRename', 'diskless', '3.0', 'no disks'],
    ['TestRename', 'file', '3.0', undefined],
    ['TestRename', undefined, '3.0', undefined],
    ['TestExport', 'file', '3.1', 'socat'],
    ['TestExport', 'file', '3.0', undefined],
    ['TestOther', 'file', '3.1', undefined],
  ])('has this reason for %s on %s with Ganeti %s: %s', (name, template, ganeti, reason) => {
    const [judged] = judge([test({ name, ...failed, ...(template !== undefined && { template }) })], ganeti, list);
    expect(judged?.known).toBe(reason);
    expect(judged && isNewFailure(judged)).toBe(reason === undefined);
  });

  it('has a passing test reported, unless the test had nothing to do', () => {
    const tests = [
      test({ name: 'TestExport' }),
      test({ name: 'TestExport', vacuous: true }),
      test({ name: 'TestOther' }),
    ];
    expect(judge(tests, '3.1', list).map(isMended)).toEqual([true, false, false]);
  });

  it('is documented with its reasons in docs/qa.md', async () => {
    const page = (await readFile(`${import.meta.dirname}/../../../docs/qa.md`, 'utf8')).replaceAll(/\s+/g, ' ');
    for (const { test: name, reason } of knownFailures) {
      expect(page).toContain(`\`${name}\``);
      expect(page).toContain(reason);
    }
  });
});

it('counts tests by outcome', () => {
  const tests = [
    test({ name: 'TestA' }),
    test({ name: 'TestB', vacuous: true, seconds: 0 }),
    test({ name: 'TestC', ...failed }),
    test({ name: 'TestExport', ...failed }),
    test({ name: 'TestD', outcome: 'skipped', seconds: 0 }),
  ];
  expect(count(judge(tests, '3.1', list))).toEqual({
    passed: 2,
    vacuous: 1,
    failed: 1,
    known: 1,
    skipped: 1,
    seconds: 4.5,
  });
});

it('writes JUnit XML with known failures as skipped tests, and escapes special characters', () => {
  const tests = [
    test({ name: 'TestA' }),
    test({ name: 'TestC', template: 'file', ...failed }),
    test({ name: 'TestExport', ...failed }),
    test({ name: 'TestD', groups: [], outcome: 'skipped', seconds: 0, reason: 'needs LVM' }),
  ];
  expect(junitXml('QA of Ganeti 3.1', judge(tests, '3.1', list))).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="1" errors="0" skipped="2" time="4.500">
  <testsuite name="QA of Ganeti 3.1" tests="4" failures="1" errors="0" skipped="2" time="4.500">
    <testcase classname="instance-x" name="TestA gnt-instance TestA" time="1.500"/>
    <testcase classname="instance-x" name="TestC [file] gnt-instance TestC" time="1.500"><failure message="it &lt;broke&gt; &amp; &quot;ended&quot;?"/></testcase>
    <testcase classname="instance-x" name="TestExport gnt-instance TestExport" time="1.500"><skipped message="known failure: socat"/></testcase>
    <testcase classname="always" name="TestD gnt-instance TestD" time="0.000"><skipped message="needs LVM"/></testcase>
  </testsuite>
</testsuites>
`,
  );
});

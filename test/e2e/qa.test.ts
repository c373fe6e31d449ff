import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { QaResult } from '../../src/qa/result.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { shortSelection } from '../support/qa-selection.ts';

describe.skipIf(!dockerAvailable)("a part of Ganeti's own QA suite", () => {
  it('has only known failures, and leaves nothing behind', async () => {
    const name = testCluster('qa');
    const junit = join(inject('stateHome'), 'qa.xml');
    const args = ['-c', name, 'qa', '--tests', ...shortSelection, '--junit', junit, '--json'];
    const { stdout, stderr, exitCode } = await vcluster(args, { timeout: 1_500_000 });
    const result = JSON.parse(stdout) as QaResult;
    const failed = result.tests.filter(({ outcome }) => outcome === 'failed');
    const names = failed.map(({ name: test, template }) => [test, template]);
    expect(names, JSON.stringify(failed)).toEqual([['TestRecreateDisks', 'sharedfile']]);
    expect([result.complete, result.broken, result.mended, exitCode]).toEqual([true, [], [], 0]);
    const passed = result.tests.filter(({ outcome }) => outcome === 'passed').map(({ name: test }) => test);
    for (const test of ['TestClusterInit', 'TestInstanceExport', 'TestInstanceFailover', 'TestClusterDestroy'])
      expect(passed).toContain(test);
    expect(stderr).toMatch(/^ {5}pass {2}TestClusterInit gnt-cluster init \(/m);
    expect(await readFile(junit, 'utf8')).toContain('<testcase classname="instance-export"');
    expect((await vcluster(['ls', '--json'])).stdout).not.toContain(`"${name}"`);
  }, 1_600_000);

  it('can be a single test on a cluster that stays', async () => {
    const name = testCluster('qa-only');
    onTestFinished(async () => {
      await vcluster(['down', name]);
    });
    expect(await vcluster(['up', name, '-n', '2'], { timeout: 300_000 })).toExitWith(0);
    const only = async (test: string) => {
      const { stdout, exitCode } = await vcluster(['-c', name, 'qa', '--existing', '--only', test, '--json'], {
        timeout: 600_000,
      });
      const { tests, broken } = JSON.parse(stdout) as QaResult;
      return { exitCode, ran: tests.filter(({ outcome }) => outcome !== 'skipped').map((one) => one.name), broken };
    };
    expect(await only('TestClusterVersion')).toEqual({ exitCode: 0, ran: ['TestClusterVersion'], broken: [] });
    expect(await only('TestInstanceInfo')).toEqual({
      exitCode: 0,
      ran: ['TestInstanceAddWithPlainDisk', 'TestInstanceInfo', 'TestInstanceRemove'],
      broken: [],
    });
    expect(await only('TestNothing')).toMatchObject({
      exitCode: 1,
      ran: [],
      broken: [{ error: 'the suite has no test TestNothing' }],
    });
  }, 900_000);
});

import { execa } from 'execa';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const file = (status: string, tests: number) => ({ status, assertionResults: Array<unknown>(tests).fill({}) });

async function total(...reports: readonly object[]) {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  const paths = reports.map((_, index) => join(directory, `${index}.json`));
  for (const [index, path] of paths.entries()) await writeFile(path, JSON.stringify(reports[index]));
  const { exitCode, stdout } = await execa('node', ['scripts/total.js', ...paths], { reject: false });
  return { exitCode, stdout };
}

function report(passed: number, failed = 0, skipped = 0, testResults: readonly object[] = []) {
  return { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, numTodoTests: 0, testResults };
}

it('adds up passed tests', async () => {
  expect(await total(report(2), report(3))).toEqual({ exitCode: 0, stdout: '5 passed, 0 failed' });
});

it('only mentions skipped tests if there are any', async () => {
  expect(await total(report(2, 0, 4))).toEqual({ exitCode: 0, stdout: '2 passed, 0 failed, 4 skipped' });
});

it('fails if a test failed', async () => {
  expect(await total(report(2), report(3, 1))).toEqual({ exitCode: 1, stdout: '5 passed, 1 failed' });
});

it('counts a file that could not be loaded as failed', async () => {
  expect(await total(report(2, 0, 0, [file('failed', 0), file('passed', 2)]))).toEqual({
    exitCode: 1,
    stdout: '2 passed, 1 failed',
  });
});

it('fails if no test ran', async () => {
  expect(await total(report(0))).toEqual({ exitCode: 1, stdout: '0 passed, 0 failed' });
});

it('counts a run without a report as failed', async () => {
  const { exitCode, stdout } = await execa('node', ['scripts/total.js', '/nonexistent.json'], { reject: false });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '0 passed, 1 failed' });
});

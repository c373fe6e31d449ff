import { execa } from 'execa';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import { expect, it } from 'vitest';

/** Test files by name, each broken in its own way. */
const broken = {
  'before-all': "beforeAll(() => { throw new Error('no cluster'); }); it('one', () => {}); it('two', () => {});",
  'before-all-of-suite':
    "describe('outer', () => { beforeAll(() => { throw new Error('no node'); }); describe('inner', () => { it('one', () => {}); }); });",
  'after-all': "afterAll(() => { throw new Error('not removed'); }); it('one', () => {});",
  'after-all-of-suite':
    "describe('outer', () => { afterAll(() => { throw new Error('left'); }); it('one', () => {}); });",
  'before-each': "beforeEach(() => { throw new Error('no file'); }); it('one', () => {});",
  load: "throw new Error('not loaded');",
  empty: '',
  outside:
    "it('one', () => { setImmediate(() => { throw new Error('late'); }); }); it('two', () => new Promise((done) => setTimeout(done, 50)));",
  rejection: "it('one', () => { void Promise.reject(new Error('unobserved')); });",
  test: "it('one', () => { throw new Error('wrong'); }); it('two', () => {});",
  skipped:
    "it.skip('one', () => {}); it.todo('two'); it('three', ({ skip }) => skip('no engine')); it('four', () => {});",
} as const;

const isolated = { extendEnv: false, reject: false } as const;
const PATH = env['PATH'] ?? '';

/** Runs vitest with our reporter, and returns the path of its report. */
async function run(files: Readonly<Record<string, string>>, ...options: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  for (const [name, code] of Object.entries(files)) await writeFile(join(folder, `${name}.test.js`), code);
  const report = join(folder, 'report.json');
  const reporting = ['--globals', `--reporter=${resolve('scripts/reporter.js')}`, `--outputFile=${report}`];
  await execa('npx', ['--no', 'vitest', 'run', '--root', folder, ...reporting, ...options], {
    ...isolated,
    env: { PATH },
  });
  return report;
}

/** Runs the script on reports. */
async function total(reports: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const options = { ...isolated, env: { PATH, ...more } };
  const { exitCode, stdout } = await execa('node', ['scripts/total.js', ...reports], options);
  return { exitCode, lines: stdout.split('\n') };
}

it('counts each kind of failure, and the tests that did not run because of it', async () => {
  const { skipped, ...files } = broken;
  expect(skipped).not.toBe('');
  const { exitCode, lines } = await total([await run(files)]);
  expect(exitCode).toBe(1);
  expect(lines.slice(0, -1).toSorted()).toEqual([
    'failed: after-all-of-suite.test.js > outer: left',
    'failed: after-all.test.js: not removed',
    'failed: before-all-of-suite.test.js > outer: no node',
    'failed: before-all.test.js: no cluster',
    'failed: before-each.test.js > one',
    expect.stringMatching(/^failed: empty\.test\.js: No test suite found in file /),
    'failed: error outside of tests: late',
    'failed: error outside of tests: unobserved',
    'failed: load.test.js: not loaded',
    'failed: test.test.js > one',
  ]);
  expect(lines.at(-1)).toBe('6 passed, 10 failed, 3 not run');
});

it('lists skipped tests, and fails with REQUIRE_DOCKER=1 if there are any', async () => {
  const report = await run({ skipped: broken.skipped });
  const names = ['one', 'two', 'three (no engine)'].map((name) => `skipped.test.js > ${name}`);
  expect(await total([report])).toEqual({
    exitCode: 0,
    lines: [...names.map((name) => `skipped: ${name}`), '1 passed, 0 failed, 3 skipped'],
  });
  expect(await total([report], { REQUIRE_DOCKER: '1' })).toEqual({
    exitCode: 1,
    lines: [...names.map((name) => `must not be skipped: ${name}`), '1 passed, 3 failed, 3 skipped'],
  });
});

it('does not count tests that -t excludes, and adds up several runs', async () => {
  const report = await run({ test: broken.test }, '-t', 'two');
  expect(await total([report])).toEqual({ exitCode: 0, lines: ['1 passed, 0 failed'] });
  expect(await total([report, report])).toEqual({ exitCode: 0, lines: ['2 passed, 0 failed'] });
});

it('fails if no test ran, or a run left no report', async () => {
  const report = join(await mkdtemp(join(tmpdir(), 'vcluster-box-test-')), 'report.json');
  expect(await total([report])).toEqual({ exitCode: 1, lines: ['0 passed, 1 failed'] });
  await writeFile(report, JSON.stringify({ passed: 0, failed: [], notRun: [], skipped: [], files: [] }));
  expect(await total([report])).toEqual({ exitCode: 1, lines: ['0 passed, 0 failed'] });
});

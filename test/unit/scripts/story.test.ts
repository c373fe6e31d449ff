import { execa } from 'execa';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const file = `
import { it } from 'vitest';
import { story } from '${resolve('test/support/story.ts')}';
const step = story();
const done = [];
for (const name of ['one', 'two', 'three', 'four', 'five'])
  step(name, async () => {
    done.push(name);
    if (name === process.env.BREAKS) throw new Error('no node');
    if (name === process.env.HANGS) await new Promise(() => {});
    console.log(done.join());
  }, 500);
it('another', () => {});
`;

/** Runs the story, in which a step can fail or hang; returns what the steps print, and what the reporter counts. */
async function run(env: Readonly<Record<string, string>>, ...options: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  await writeFile(join(folder, 'tale.test.js'), file);
  const report = join(folder, 'report.json');
  const reporting = [`--reporter=${resolve('scripts/reporter.js')}`, `--outputFile=${report}`, '--reporter=default'];
  const words = ['--no', 'vitest', 'run', '--root', folder, ...reporting, ...options];
  const { stdout, stderr } = await execa('npx', words, { reject: false, env: { ...env, NO_COLOR: '1' } });
  const { passed, failed, notRun, skipped } = JSON.parse(await readFile(report, 'utf8')) as Record<string, unknown>;
  const printed = stdout.match(/^[a-z]+(,[a-z]+)*$/gm);
  return { printed, stderr, counted: { passed, failed, notRun, skipped } };
}

const all = ['one', 'one,two', 'one,two,three', 'one,two,three,four', 'one,two,three,four,five'];

it('runs each step once, in order', async () => {
  const { printed, counted } = await run({});
  expect(printed).toEqual(all);
  expect(counted).toEqual({ passed: 6, failed: [], notRun: [], skipped: [] });
});

it('runs the earlier steps first if -t selects a later one', async () => {
  const { printed, counted } = await run({}, '-t', 't(hree|wo)');
  expect(printed).toEqual(all.slice(0, 3));
  expect(counted).toMatchObject({ passed: 2, failed: [] });
});

it('does not run the later steps of one that failed, but tests outside of the story', async () => {
  const { printed, counted } = await run({ BREAKS: 'three' });
  expect(printed).toEqual(all.slice(0, 2));
  expect(counted).toEqual({
    passed: 3,
    failed: ['tale.test.js > three'],
    notRun: ['tale.test.js > four', 'tale.test.js > five'],
    skipped: [],
  });
});

it.each([
  [{ BREAKS: 'two' }, 'Error: in "two": no node'],
  [{ HANGS: 'two' }, 'Error: in "two": not finished after 0.5 s'],
])('names an earlier step that failed, or did not end in its own time: %j', async (env, message) => {
  expect(await run(env, '-t', 'five')).toMatchObject({
    stderr: expect.stringContaining(message) as string,
    counted: { failed: ['tale.test.js > five'] },
  });
});

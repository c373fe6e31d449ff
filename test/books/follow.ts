import { expect } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { story } from '../support/story.ts';
import type { Book, Step } from './step.ts';

/** The commands of a book as tests, each of which needs those before it. */
export function follow(name: string, { sections }: Book): void {
  const test = story();
  const rows = sections.flatMap(({ section, steps }) => steps.map((step) => ({ section, step })));
  for (const [index, { section, step }] of rows.entries())
    test(`${index + 1}. ${section}: \`${step.command}\` — ${step.see}`, () => perform(name, step));
}

/** Does a step on a cluster, and compares what can be seen. */
async function perform(name: string, step: Step): Promise<void> {
  const { exit = 0, before = [], after } = step;
  for (const line of before) expect(await shell(name, 'node1', line)).toExitWith(0);
  const ran = await run(name, step);
  expect(ran).toExitWith(exit);
  compare(`${ran.stdout}\n${ran.stderr}`.replaceAll('\r', '').trim(), step);
  if (after !== undefined)
    await expect.poll(() => succeeds(name, after), { timeout: 30_000, interval: 500 }).toBe(true);
}

function compare(output: string, { shows = [], hides = [] }: Step): void {
  for (const pattern of shows) expect(output).toMatch(pattern);
  for (const pattern of hides) expect(output).not.toMatch(pattern);
}

async function succeeds(name: string, line: string): Promise<boolean> {
  return (await shell(name, 'node1', line)).exitCode === 0;
}

function run(name: string, { command, on = 'node1', instead = command, typed, input = '' }: Step) {
  return typed === undefined ? shell(name, on, instead, input) : type(name, on, instead, typed);
}

function shell(name: string, node: string, line: string, input = '') {
  return vcluster(['-c', name, 'exec', '-i', node, 'bash', '-c', line], { input });
}

/** Types at a command, which has a terminal by ssh. A login is all that is typed after `ssh NODE`. */
function type(name: string, node: string, line: string, input: string) {
  const login = /^ssh (\S+)$/.exec(line)?.[1];
  const words = login === undefined ? [node, line] : [login];
  return vcluster(['-c', name, 'exec', '-i', node, 'ssh', '-tt', ...words], { input });
}

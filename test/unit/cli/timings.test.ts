import { describe, expect, it } from 'vitest';
import { renderTimings, startStopwatch, type Timing } from '../../../src/cli/timings/timings.ts';
import type { Event } from '../../../src/events.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeSliceImage } from '../../support/fake-hosts.ts';
import { runCli } from '../../support/run-cli.ts';

describe('the stopwatch', () => {
  /** A run on a clock of its own: at these times, an event or the end of a request that began earlier. */
  const timingsOf = (
    happenings: readonly (readonly [at: number, what: Event | { readonly title: string; readonly since: number }])[],
  ) => {
    let time = 0;
    const seen: Event[] = [];
    const { report, onRequest, timings } = startStopwatch(
      (event) => seen.push(event),
      () => time,
    );
    for (const [at, what] of happenings) {
      time = at;
      if ('type' in what) report(what);
      else onRequest({ title: what.title, startedAt: what.since, endedAt: at });
    }
    return { timings: timings(), seen };
  };
  const begin: Event = { type: 'run-started', title: 'Cluster lab', steps: [] };
  const done = (title: string, elapsedMs: number): Event => ({ type: 'step-done', id: title, title, elapsedMs });

  it('lists the start of the program, the steps, the time between them, and the total', () => {
    const { timings, seen } = timingsOf([
      [300, begin],
      [400, done('A', 100)],
      [450, { type: 'step-skipped', id: 'B', title: 'B' }],
      [1000, done('C', 500)],
      [1100, { type: 'run-ended' }],
    ]);
    expect(timings.map(({ title, elapsedMs }) => [title, elapsedMs])).toEqual([
      ['Starting the program', 300],
      ['A', 100],
      ['C', 500],
      ['Between the steps', 200],
      ['Total', 1100],
    ]);
    expect(seen.map(({ type }) => type)).toEqual([
      'run-started',
      'step-done',
      'step-skipped',
      'step-done',
      'run-ended',
    ]);
  });

  it('counts a request in each step in which it is open, and requests of a kind at the same time once', () => {
    const { timings } = timingsOf([
      [10, { title: 'describe', since: 5 }],
      [100, begin],
      [130, { title: 'inspect', since: 110 }],
      [140, { title: 'inspect', since: 120 }],
      [200, done('A', 100)],
      [260, { title: 'create', since: 180 }],
      [300, done('B', 50)],
    ]);
    const waits = timings.map(({ title, waits: all }) => [title, ...all.map((wait) => [wait.title, wait.elapsedMs])]);
    expect(waits).toEqual([
      ['Starting the program', ['engine: describe', 5]],
      ['A', ['engine: inspect', 30], ['engine: create', 20]],
      ['B', ['engine: create', 10]],
      ['Between the steps', ['engine: create', 50]],
      ['Total'],
    ]);
  });

  it("lists the slice's own steps, if the step is one of the slice", () => {
    const parts = [{ title: 'Starting sshd', elapsedMs: 42 }];
    const { timings } = timingsOf([
      [0, begin],
      [90, { title: 'first line of the log', since: 10 }],
      [100, { ...(done('Setting up the nodes', 100) as Event & { type: 'step-done' }), parts }],
    ]);
    expect(timings[1]).toEqual({
      title: 'Setting up the nodes',
      elapsedMs: 100,
      waits: [{ title: 'slice: Starting sshd', elapsedMs: 42 }],
    });
  });
});

it('timings are a table of seconds, without the shortest waits', () => {
  const waits = [
    { title: 'engine: create container', elapsedMs: 80.4 },
    { title: 'engine: describe', elapsedMs: 4.9 },
  ];
  const timings = [
    { title: 'Starting containers', elapsedMs: 425, waits },
    { title: 'Total', elapsedMs: 12_345, waits: [] },
  ];
  expect(renderTimings(timings).split('\n')).toEqual([
    'SECONDS  STEP, AND WHAT IT WAITED FOR',
    '   0.42  Starting containers',
    '   0.08    engine: create container',
    '  12.35  Total',
  ]);
});

describe('up --timings', () => {
  const done = (step: string, title: string, elapsedMs: number) => ({ type: 'step-done', step, title, elapsedMs });
  const logs = [
    done('network', 'Setting up addresses and names', 40),
    done('ssh', 'Starting sshd', 60),
    done('init', 'Initialising the cluster', 900),
    { type: 'ready' },
  ].map((event) => ({ stream: 'stdout', text: JSON.stringify(event) }) as const);
  const up = async (...args: readonly string[]) => {
    const engine = fakeEngine({ logs, images: [await fakeSliceImage()] });
    const { status, stdout } = await runCli(['up', 'lab', ...args], { engine });
    expect(status).toBe(0);
    return stdout;
  };

  it('adds the table to the result', async () => {
    const stdout = await up('--timings');
    const [, table = ''] = stdout.split('  vcluster-box down lab\n\n');
    expect(table).toMatch(/^SECONDS {2}STEP, AND WHAT IT WAITED FOR\n +\d+\.\d\d {2}Starting the program\n/);
    expect(table).toMatch(/^ +\d\.\d\d {2}Starting containers$/m);
    expect(table).toMatch(/\n +\d+\.\d\d {2}Total\n$/);
  });

  it('adds the times to the JSON', async () => {
    const { timings } = JSON.parse(await up('--timings', '--json')) as { readonly timings: readonly Timing[] };
    const container = timings.find(({ title }) => title === 'Starting containers');
    expect(container?.waits.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['engine: create container', 'engine: start container']),
    );
    const slice = timings.filter(({ title }) => /^(Setting up|Initialising)/.test(title)).map(({ waits }) => waits);
    expect(slice).toEqual([
      [
        { title: 'slice: Setting up addresses and names', elapsedMs: 40 },
        { title: 'slice: Starting sshd', elapsedMs: 60 },
      ],
      [{ title: "slice: Ganeti's keys and configuration", elapsedMs: 900 }],
    ]);
  });

  it('changes nothing if it is not given', async () => {
    expect(await up()).not.toContain('SECONDS');
    expect(JSON.parse(await up('--json'))).not.toHaveProperty('timings');
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import type { FakeEngine } from '../../support/fake-engine.ts';
import { fakeHosts } from '../../support/fake-hosts.ts';
import type { FakeContainer } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const state = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
afterAll(() => rm(state, { recursive: true }));

/** An hour ago, by the clock of the fake engines. */
const longAgo = 1_700_000_000 - 3600;

let hosts: Readonly<Record<string, FakeEngine>>;
let engines: readonly FakeEngine[];

const run = (...args: readonly string[]) =>
  runCli(args, { engine: engines[0] ?? null, hosts, env: { XDG_STATE_HOME: state } });
const flags = () => Object.keys(hosts).flatMap((endpoint) => ['--host', endpoint]);
const up = (...args: readonly string[]) => run('up', 'lab', ...flags(), ...args);

/** Changes what an `up` left on a host; `undefined`: removes it. */
const change = (index: number, to: Partial<FakeContainer> | undefined) => {
  const engine = engines[index];
  const [slice] = engine?.state.containers ?? [];
  if (engine === undefined || slice === undefined) throw new Error(`there is no slice on host ${index}`);
  engine.state.containers = to === undefined ? [] : [{ ...slice, ...to }];
};
const neverStarted = { state: 'created', startedAt: '', createdAt: longAgo } as const;
const withoutPlan = { ...neverStarted, files: new Map<string, Buffer>() };
const began = { state: 'running', createdAt: longAgo } as const;
const ids = () =>
  engines.map(({ state: { containers } }) => containers.map(({ labels }) => labels['vcluster-box.run']));
const runs = () => new Set(ids().flat());

beforeEach(async () => {
  hosts = await fakeHosts(3);
  engines = Object.values(hosts);
  expect(await up('-n', '5')).toMatchObject({ status: 0 });
});

describe('up on hosts that have a partly created cluster', () => {
  it.each([
    ['slices are missing', began, undefined, undefined, 'only slice 1 of 3 exists'],
    ['the first alone is missing', undefined, began, began, 'only slices 2, 3 of 3 exist'],
    ['slices have no plan yet', withoutPlan, withoutPlan, withoutPlan, 'not all of its slices were started'],
    ['some were not started', began, neverStarted, began, 'not all of its slices were started'],
  ] as const)('removes and recreates it, and reports that, where %s', async (_, one, two, three, what) => {
    const before = runs();
    for (const [index, to] of [one, two, three].entries()) change(index, to);
    const { status, stderr } = await up('-n', '5');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).toContain(`Cluster lab is only partly created: ${what}.  It is removed and created again.`);
    expect(ids()).toEqual([[expect.anything()], [expect.anything()], [expect.anything()]]);
    expect(runs().size).toBe(1);
    expect(runs()).not.toEqual(before);
    for (const { state: made } of engines) {
      expect(made.containers[0]).toMatchObject({ state: 'running' });
      expect(made.networks).toHaveLength(1);
    }
  });

  it.each([
    ['other options', ['-n', '6'], 'nodes'],
    ['other options', ['-n', '5', '--domain', 'example.org'], 'domain'],
    ['fewer options', [], 'nodes'],
  ])('refuses %s than the original ones (%j)', async (_, options, named) => {
    change(1, undefined);
    for (const index of [0, 2]) change(index, began);
    const before = ids();
    const { status, stderr } = await up(...options);
    expect(status).toBe(125);
    expect(stderr).toContain(`cluster lab is only partly created, with other options: ${named}\n`);
    expect(stderr).toContain('vcluster-box down lab');
    expect(ids()).toEqual(before);
  });

  it('refuses other hosts, and removes nothing', async () => {
    change(0, began);
    change(1, neverStarted);
    const before = ids();
    const { status, stderr } = await run('up', 'lab', '-n', '5', ...flags().slice(0, 4));
    expect(status).toBe(125);
    expect(stderr).toContain('only partly created, with other options: hosts');
    expect(ids()).toEqual(before);
  });

  it('keeps what once was a complete cluster, whatever is missing now', async () => {
    change(0, undefined);
    change(1, began);
    change(2, { ...began, state: 'exited' });
    engines[2]?.state.containers[0]?.files.set(slicePaths.provisioned, Buffer.from(''));
    const before = ids();
    const { status, stderr } = await up('-n', '5');
    expect(status).toBe(125);
    expect(stderr).toContain('the host ssh://ops@192.0.2.1 no longer has slice 1 of cluster lab');
    expect(ids()).toEqual(before);
  });

  it('removes nothing when another command starts a slice meanwhile', async () => {
    change(0, began);
    change(1, neverStarted);
    change(2, began);
    const second = engines[1];
    if (second !== undefined) Object.assign(second, { removeStopped: () => Promise.resolve(false) });
    const { status, stderr } = await up('-n', '5');
    expect(status).toBe(125);
    expect(stderr).toContain('cluster lab was only partly created, and another command has just started it');
    expect(ids().flat()).toHaveLength(3);
  });

  it('waits for another `up` that is creating it', async () => {
    change(1, { ...neverStarted, createdAt: 1_700_000_000 });
    const before = ids();
    const { status, stdout, stderr } = await runCli(['up', 'lab', ...flags(), '-n', '5'], {
      engine: engines[0] ?? null,
      hosts,
      env: { XDG_STATE_HOME: state },
      onOutput: (text) => {
        if (text.includes('waiting for it')) change(1, { state: 'running', startedAt: '2024-01-01T00:00:00Z' });
      },
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).toContain('Another `vcluster-box up lab` is creating the cluster, or was killed: waiting for it.');
    expect(stdout).toContain('nothing was changed');
    expect(ids()).toEqual(before);
  });

  it.each([
    ['one slice, which began to boot', began, undefined],
    ['slices without plans', withoutPlan, withoutPlan],
  ])('changes nothing when no hosts are named and there are %s, and gives a hint', async (_, first, others) => {
    change(0, first);
    for (const index of [1, 2]) change(index, others);
    const before = ids();
    const { status, stderr } = await run('up', 'lab');
    expect(status).toBe(125);
    expect(stderr).toMatch(/cluster lab is only partly created, with other options: .*hosts\n/);
    expect(stderr).toContain('hint: rerun with the original options to recreate it');
    expect(ids()).toEqual(before);
  });
});

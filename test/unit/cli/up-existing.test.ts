import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { PortTakenError } from '../../../src/errors.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import type { FakeEngine } from '../../support/fake-engine.ts';
import { fakeHosts } from '../../support/fake-hosts.ts';
import { runCli } from '../../support/run-cli.ts';

const state = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
afterAll(() => rm(state, { recursive: true }));

/** An hour ago, by the clock of the fake engines. */
const longAgo = 1_700_000_000 - 3600;

describe.each([
  ['one host', 1],
  ['several hosts', 2],
])('up on an existing cluster on %s', (_, count) => {
  let engines: readonly [FakeEngine, ...FakeEngine[]];
  let hosts: Readonly<Record<string, FakeEngine>>;
  const up = (...args: readonly string[]) => {
    const flags = count === 1 ? [] : Object.keys(hosts).flatMap((endpoint) => ['--host', endpoint]);
    const engine = count === 1 ? engines[0] : null;
    return runCli(['up', 'lab', ...flags, ...args], { engine, hosts, env: { XDG_STATE_HOME: state } });
  };
  const containers = () => engines.flatMap((engine) => engine.state.containers);
  const relays = () => containers().filter(({ labels }) => 'vcluster-box.port' in labels);
  const slices = () => containers().filter(({ labels }) => !('vcluster-box.port' in labels));

  beforeEach(async () => {
    hosts = await fakeHosts(count);
    const [first, ...others] = Object.values(hosts);
    if (first === undefined) throw new Error('there is no host');
    engines = [first, ...others];
    expect(await up('-n', '3', '--publish', '2222:node1:22')).toMatchObject({ status: 0 });
  });

  it('starts stopped relays of a running cluster, and says that something changed', async () => {
    await engines[0].stopContainer('vcluster-box-lab-port-2222', 1);
    const { status, stdout } = await up('--json');
    expect({ status, ...(JSON.parse(stdout) as object) }).toMatchObject({ status: 0, changed: true });
    expect(relays().map((relay) => relay.state)).toEqual(['running']);
  });

  it('removes the relays that it created when it fails, and no others', async () => {
    for (const engine of engines) {
      engine.state.onCall = (method, [id]) => {
        if (method === 'startContainer' && String(id).includes('port-2224')) throw new PortTakenError('in use');
      };
    }
    const { status } = await up('--publish', '2223:node1:22', '--publish', '2224:node1:23');
    expect(status).toBe(125);
    expect(relays().map(({ name, state: is }) => [name, is])).toEqual([['vcluster-box-lab-port-2222', 'running']]);
    expect(slices()).toHaveLength(count);
  });

  it('reports that another command removed the cluster while it started, without diagnostics', async () => {
    for (const engine of engines) {
      engine.state.containers = [];
      engine.state.onCall = (method) => {
        if (method === 'startContainer') engine.state.containers = [];
      };
    }
    const { status, stderr } = await up();
    expect(status).toBe(125);
    expect(stderr).toMatch(
      /^error: (host \S+ )?another command removed container vcluster-box-lab-1 while .* started\n$/m,
    );
    expect(stderr).not.toMatch(/memory|Diagnostics|The log/);
    expect(containers()).toEqual([]);
  });

  it('suggests more memory when a slice ran out of it', async () => {
    for (const engine of engines) {
      engine.state.onCall = (method) => {
        if (method !== 'startContainer') return;
        engine.state.containers = engine.state.containers.map((one) => ({
          ...one,
          ...{ state: 'exited', exitCode: 137, oomKilled: true, logs: [] },
        }));
      };
      await engine.stopContainer('vcluster-box-lab-1', 1);
    }
    const { status, stderr } = await up();
    expect(status).toBe(125);
    expect(stderr).toMatch(
      /error: .*container vcluster-box-lab-1 ran out of memory before it was ready; [^]*hint: .*--memory/,
    );
  });

  it('refuses different options, and shows no step that did not run', async () => {
    const { status, stdout, stderr } = await up('-n', '4', '--subnet', '10.77.0.0/16');
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
    expect(stderr.replace(/\(.* s\)/, '(0 s)').split('\n')).toEqual([
      'Cluster lab',
      ' ... Checking engines',
      '  ok Checking engines (0 s)',
      'error: cluster lab already exists with different options: nodes is 3, requested 4; subnet is 198.18.0.0/16, requested 10.77.0.0/16',
      'hint: leave these options out to use it unchanged, or recreate it: vcluster-box down lab',
      '',
    ]);
    expect(slices()).toHaveLength(count);
  });

  it('refuses one that was created for the QA suite, and changes nothing', async () => {
    for (const { files } of slices()) {
      const plan = JSON.parse(files.get(slicePaths.plan)?.toString() ?? '') as Plan;
      files.set(slicePaths.plan, Buffer.from(JSON.stringify({ ...plan, provision: false })));
    }
    const { status, stderr } = await up();
    expect(status).toBe(125);
    expect(stderr).toContain('error: lab was created for the QA suite, which creates and destroys its own');
    expect(slices()).toHaveLength(count);
  });

  describe('that is only partly created', () => {
    beforeEach(() => {
      for (const slice of slices()) Object.assign(slice, { state: 'created', startedAt: '', createdAt: longAgo });
    });
    const runs = () => new Set(slices().map(({ labels }) => labels['vcluster-box.run']));

    it('removes and recreates it, after the step that checks', async () => {
      const before = runs();
      const { status, stderr } = await up('-n', '3', '--publish', '2222:node1:22');
      expect({ status, stderr }).toMatchObject({ status: 0 });
      expect(stderr).toMatch(/ok Checking engines[^]*\nCluster lab is only partly created: [^]*It is removed and/);
      expect(runs()).not.toEqual(before);
      expect(slices().map((slice) => slice.state)).toEqual(Array(count).fill('running'));
    });

    it('refuses different options, and removes nothing', async () => {
      const before = runs();
      const { status, stderr } = await up('-n', '4', '--publish', '2222:node1:22');
      expect(status).toBe(125);
      expect(stderr).toContain('cluster lab is only partly created, with other options: nodes\n');
      expect(runs()).toEqual(before);
    });
  });
});

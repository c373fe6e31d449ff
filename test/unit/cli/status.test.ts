import { describe, expect, it } from 'vitest';
import type { SliceStatus } from '../../../src/cluster/slice-status.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const daemons = { 'ganeti-noded': true, 'ganeti-confd': true };
const resources = { memoryMiB: 65_536, ownMemoryMiB: 1024, cpus: 16, ownCpus: 1, diskMiB: 2 ** 20 };
const well: SliceStatus = {
  ready: true,
  ganeti: '3.0.2',
  cluster: { name: 'cluster.example.com', address: '198.18.0.1', master: 'node1.example.com' },
  votes: {
    votes: ['node1.example.com', 'node2.example.com'].map((node) => {
      return { node, master: 'node1.example.com', since: 1, stopped: false, offline: false, answers: true };
    }),
    leading: 'node1.example.com',
  },
  rapi: true,
  problem: null,
  synced: null,
  nodes: [
    {
      name: 'node1.example.com',
      address: '198.18.1.1',
      role: 'master',
      state: 'running',
      answers: true,
      daemons,
      resources,
    },
    {
      name: 'node2.example.com',
      address: '198.18.1.2',
      role: 'candidate',
      state: 'running',
      answers: true,
      daemons,
      resources,
    },
  ],
};
const down = { ...daemons, 'ganeti-confd': false };

/** A running cluster whose slice returns this answer. */
function engineOf(status: unknown, exit = 0) {
  return fakeEngine({
    containers: [fakeCluster('demo', 2)],
    onExec: (_container, _command, { stdout }) => {
      stdout.write(JSON.stringify(status));
      return exit;
    },
  });
}

describe('status', () => {
  it('shows nodes, roles, addresses and daemons, and exits with 0 when all is well', async () => {
    const engine = engineOf(well);
    const { status, stdout } = await runCli(['status'], { engine });
    expect(status).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'demo is running: cluster.example.com 198.18.0.1, Ganeti 3.0.2',
      'NODE               ROLE       ADDRESS     DAEMONS',
      'node1.example.com  master     198.18.1.1  2/2',
      'node2.example.com  candidate  198.18.1.2  2/2',
      '',
    ]);
    expect(engine.execs()).toMatchObject([
      { container: 'vcluster-box-demo-1', command: { argv: ['/usr/sbin/vcluster-slice', 'status'] } },
    ]);
  });

  it.each([
    ['a daemon is down', { ...well, nodes: [{ ...well.nodes[0], daemons: down }] }, '1/2  down: confd'],
    ['a node does not answer', { ...well, nodes: [{ ...well.nodes[0], answers: false }] }, '2/2  no answer'],
    ['RAPI does not answer', { ...well, rapi: false }, 'RAPI does not answer'],
    ['no job runs', { ...well, problem: 'the job queue is stuck' }, '\nthe job queue is stuck\nNODE'],
    ['it is not ready', { ...well, ready: false }, 'demo'],
  ])('exits with 1 and reports when %s', async (_, answer, said) => {
    const { status, stdout } = await runCli(['status', 'demo'], { engine: engineOf(answer) });
    expect(status).toBe(1);
    expect(stdout).toContain(said);
  });

  it('accepts that a node marked offline is down', async () => {
    const nodes = [well.nodes[0], { ...well.nodes[1], role: 'offline', answers: false, daemons: down }];
    expect(await runCli(['status'], { engine: engineOf({ ...well, nodes }) })).toMatchObject({ status: 0 });
  });

  it.each(['off', 'stopped', 'paused'])('reports that a node is %s', async (state) => {
    const nodes = [well.nodes[0], { ...well.nodes[1], state, role: 'offline', answers: false, daemons: down }];
    const { stdout } = await runCli(['status'], { engine: engineOf({ ...well, nodes }) });
    expect(stdout).toContain(`node2.example.com  offline  198.18.1.2  ${state}\n`);
  });

  it('explains what to do about a partly added node', async () => {
    const nodes = [well.nodes[0], { ...well.nodes[1], role: 'unjoined', answers: false, daemons: {} }];
    const { status, stdout } = await runCli(['status'], { engine: engineOf({ ...well, nodes }) });
    expect(status).toBe(1);
    expect(stdout).toContain('unjoined  198.18.1.2  remove it: vcluster-box node rm node2.example.com\n');
  });

  it('uses the plan of a stopped cluster', async () => {
    const engine = fakeEngine({ containers: [fakeCluster('demo', 1, { state: 'exited' })] });
    const { status, stdout } = await runCli(['status'], { engine });
    expect(status).toBe(1);
    expect(stdout.split('\n')).toEqual([
      'demo is stopped: cluster.example.com 198.18.0.1',
      'NODE               ROLE     ADDRESS     DAEMONS',
      'node1.example.com  unknown  198.18.1.1  -',
      '',
    ]);
  });

  it('says why a stopped cluster could not be started, and what to do', async () => {
    const startError = "cannot publish 10.99.99.1:5080: 10.99.99.1 is not an address of the engine's host";
    const engine = fakeEngine({ containers: [fakeCluster('demo', 1, { state: 'exited', startError })] });
    const { status, stdout } = await runCli(['status'], { engine });
    const remedy = 'correct this and run vcluster-box start demo, or recreate the cluster: vcluster-box down demo';
    expect([status, stdout.split('\n')[1]]).toEqual([1, `${startError}; ${remedy}`]);
  });

  it('--json shows the resources of nodes, also for a stopped cluster', async () => {
    const engine = fakeEngine({ containers: [fakeCluster('demo', 1, { state: 'exited' })] });
    const { stdout } = await runCli(['status', '--json'], { engine });
    expect(JSON.parse(stdout)).toMatchObject({ nodes: [{ name: 'node1.example.com', resources }] });
  });

  it('--json prints everything that is known', async () => {
    const { stdout } = await runCli(['status', '--json'], { engine: engineOf(well) });
    const { ready, ganeti, cluster, rapi, problem, synced } = well;
    const nodes = well.nodes.map((node) => ({ ...node, slice: 1 }));
    const host = { host: 'default', slice: 1, state: 'running', container: 'vcluster-box-demo-1' };
    const hosts = [{ ...host, nodes: nodes.length, rapi: 'https://127.0.0.1:5080', problem: null }];
    const more = { ganetiSource: null, warnings: [], synced };
    const known = { ready, ganeti, cluster, rapi, problem, ...more, nodes, hosts };
    expect(JSON.parse(stdout)).toEqual({ name: 'demo', state: 'running', exists: true, well: true, ...known });
  });

  it('shows changes that do not fit, and where Ganeti of the user is from', async () => {
    const warnings = ["vcluster-box's change boot_id does not fit this Ganeti (no place), so x does not work"];
    const engine = engineOf({ ...well, warnings });
    const source = { 'vcluster-box.own.source': 'packages 3.0.2-3+mine1' };
    engine.state.containers = engine.state.containers.map((one) => ({ ...one, labels: { ...one.labels, ...source } }));
    const { status, stdout } = await runCli(['status'], { engine });
    expect(status).toBe(0);
    const [title = '', warning] = stdout.split('\n');
    expect(title).toMatch(/, Ganeti 3\.0\.2 \(packages 3\.0\.2-3\+mine1\)$/);
    expect(warning).toBe(`Warning: ${warnings[0] ?? ''}`);
  });

  it('fails with the error of the slice when it cannot answer', async () => {
    const { status, stderr } = await runCli(['status'], { engine: engineOf('no plan', 3) });
    expect(status).toBe(125);
    expect(stderr).toBe(
      'error: `vcluster-slice status` in container vcluster-box-demo-1 failed (exit status 3)\n  | "no plan"\n',
    );
  });
});

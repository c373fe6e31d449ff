import { describe, expect, it } from 'vitest';
import { AddressMissingError } from '../../../src/errors.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeContainer, type FakeState } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const ready = [{ stream: 'stdout', text: '{"type":"ready"}' }] as const;
const network = {
  id: 'net',
  name: 'vcluster-box-demo',
  driver: 'bridge',
  scope: 'local',
  attachable: false,
  subnets: ['172.30.0.0/16'],
  createdAt: 0,
  labels: { 'vcluster-box.cluster': 'demo' },
};
type State = 'running' | 'exited' | 'paused';

const engineOf = (state: State, given: Partial<FakeState> = {}) =>
  fakeEngine({ containers: [fakeCluster('demo', 3, { state, logs: ready })], networks: [network], ...given });
const stateOf = (engine: ReturnType<typeof engineOf>) => engine.state.containers[0]?.state;

describe('stop, start, restart, pause and unpause of a cluster', () => {
  it.each([
    ['stop', 'running', 'exited', 'Cluster demo is stopped.\n'],
    ['stop', 'paused', 'exited', 'Cluster demo is stopped.\n'],
    ['stop', 'exited', 'exited', 'Cluster demo is already stopped.\n'],
    ['start', 'exited', 'running', 'Cluster demo is running.\n'],
    ['start', 'running', 'running', 'Cluster demo is already running.\n'],
    ['restart', 'running', 'running', 'Cluster demo is running.\n'],
    ['restart', 'exited', 'running', 'Cluster demo is running.\n'],
    ['pause', 'running', 'paused', 'Cluster demo is paused.\n'],
    ['pause', 'paused', 'paused', 'Cluster demo is already paused.\n'],
    ['unpause', 'paused', 'running', 'Cluster demo is running.\n'],
    ['unpause', 'running', 'running', 'Cluster demo is already running.\n'],
  ] as const)('%s of a cluster that is %s leaves it %s', async (command, before, after, said) => {
    const engine = engineOf(before);
    expect(await runCli([command, 'demo'], { engine })).toMatchObject({ status: 0, stdout: said });
    expect(stateOf(engine)).toBe(after);
  });

  it.each([
    ['start', 'paused', 'hint: resume it: vcluster-box unpause demo'],
    ['pause', 'exited', 'hint: start it: vcluster-box start demo'],
    ['unpause', 'exited', 'hint: start it: vcluster-box start demo'],
  ] as const)('%s refuses a cluster that is %s, with a hint', async (command, before, hint) => {
    const engine = engineOf(before);
    const { status, stderr } = await runCli([command, 'demo'], { engine });
    expect({ status, stderr }).toEqual({ status: 125, stderr: expect.stringContaining(hint) as string });
    expect(stateOf(engine)).toBe(before);
  });

  it('accepts several names or --all, and finds all of them before it changes anything', async () => {
    const containers = () => [fakeCluster('demo'), fakeCluster('lab')];
    for (const args of [['demo', 'lab'], ['--all']]) {
      const engine = fakeEngine({ containers: containers() });
      expect(await runCli(['stop', ...args], { engine })).toMatchObject({
        status: 0,
        stdout: 'Cluster demo is stopped.\nCluster lab is stopped.\n',
      });
    }
    const engine = fakeEngine({ containers: containers() });
    expect(await runCli(['stop', 'demo', 'gone'], { engine })).toMatchObject({ status: 125 });
    expect(engine.state.containers.map(({ state }) => state)).toEqual(['running', 'running']);
  });

  it('does nothing for --all when no cluster exists', async () => {
    expect(await runCli(['stop', '--all'])).toMatchObject({ status: 0, stdout: '', stderr: 'no clusters exist\n' });
  });

  it('--json lists what changed', async () => {
    const { stdout } = await runCli(['stop', '--json'], { engine: engineOf('exited') });
    expect(JSON.parse(stdout)).toEqual([{ cluster: 'demo', node: null, state: 'stopped', changed: false }]);
  });

  it.each(['start', 'restart', 'up'])('%s recreates a network that was removed, and uses it', async (command) => {
    const stopped = { state: 'exited', network: network.name, networkIds: { [network.name]: 'removed' } } as const;
    const labels = { 'vcluster-box.cluster': 'demo', 'vcluster-box.port': 'node1.example.com:22' };
    const relay = fakeContainer({ name: 'vcluster-box-demo-port-2222', labels, ...stopped });
    const containers = [fakeCluster('demo', 3, { ...stopped, logs: ready }), relay];
    const engine = fakeEngine({ containers });
    expect(await runCli([command, 'demo'], { engine })).toMatchObject({ status: 0 });
    expect(engine.state.networks).toMatchObject([{ name: network.name, labels: { 'vcluster-box.run': 'run' } }]);
    const [{ id } = network] = engine.state.networks;
    const used = engine.state.containers.map(({ state, networkIds }) => [state, networkIds[network.name]]);
    expect(used).toEqual([
      ['running', id],
      ['running', id],
    ]);
  });

  it('start creates no network for a slice that was started on another one', async () => {
    const containers = [fakeCluster('demo', 3, { state: 'exited', network: 'mine', logs: ready })];
    const engine = fakeEngine({ containers });
    expect(await runCli(['start'], { engine })).toMatchObject({ status: 0 });
    expect(engine.state.networks).toEqual([]);
  });

  it.each([['start'], ['up']])(
    '%s names an address that the host does not have any more, and what to do',
    async (command) => {
      const message = "cannot publish 10.99.99.1:5080: 10.99.99.1 is not an address of the engine's host";
      const onCall = (method: string) => {
        if (method === 'startContainer') throw new AddressMissingError(message);
      };
      const { status, stderr } = await runCli([command, 'demo'], { engine: engineOf('exited', { onCall }) });
      expect(status).toBe(125);
      const hint = 'hint: add the address to that host, or recreate the cluster: vcluster-box down demo\n';
      expect(stderr).toContain(`error: ${message}\n${hint}`);
    },
  );

  it('start fails with the error of the slice when the cluster does not answer', async () => {
    const onExec: FakeState['onExec'] = (_container, _command, { stdout }) => {
      stdout.write('the master node1.example.com is stopped\n');
      return 1;
    };
    expect(await runCli(['start'], { engine: engineOf('exited', { onExec }) })).toMatchObject({
      status: 125,
      stderr: expect.stringContaining(
        'error: cluster demo runs, but does not answer: the master node1.example.com is stopped\n' +
          'hint: start that node: vcluster-box start demo --node node1.example.com\n',
      ) as string,
    });
  });

  it.each([
    [['stop', 'demo', '--all'], 'cluster names and --all exclude each other'],
    [['stop', 'demo', 'lab', '--node', 'node1'], '--node and --daemon require a single cluster'],
    [['start', 'demo', '--timeout', 'soon'], '--timeout: must be a time from 1s to 1d, such as 90 or 5m, not soon'],
    [['restart', 'lab', '--timeout', '0'], '--timeout: must be a time from 1s to 1d, such as 90 or 5m, not 0'],
  ])('refuses %j', async (args, said) => {
    const containers = [fakeCluster('demo', 3, { state: 'exited' }), fakeCluster('lab')];
    const engine = fakeEngine({ containers, networks: [network] });
    expect(await runCli(args, { engine })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(said) as string,
    });
    expect(engine.state.containers.map(({ state }) => state)).toEqual(['exited', 'running']);
  });
});

describe('start, stop, restart, pause and unpause of single nodes', () => {
  it.each([
    ['start', 'running'],
    ['stop', 'stopped'],
    ['restart', 'running'],
    ['pause', 'paused'],
    ['unpause', 'running'],
  ])('%s --node passes the nodes to the slice and reports that they are %s', async (command, state) => {
    const engine = engineOf('running');
    const { status, stdout } = await runCli([command, '--node', 'node2,node3', '--node', 'node1.example.com'], {
      engine,
    });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: [2, 3, 1].map((node) => `Node node${node}.example.com of cluster demo is ${state}.\n`).join(''),
    });
    const argv = ['/usr/sbin/vcluster-slice', command, 'node2.example.com', 'node3.example.com', 'node1.example.com'];
    expect(engine.execs()).toMatchObject([{ container: 'vcluster-box-demo-1', command: { argv } }]);
  });

  it('lists the existing nodes when one does not exist, and changes nothing', async () => {
    const engine = engineOf('running');
    const { status, stderr } = await runCli(['stop', '--node', 'node2', '--node', 'node9'], { engine });
    expect({ status, stderr }).toEqual({
      status: 125,
      stderr: 'error: node node9 does not exist\nhint: existing nodes: node1, node2, node3\n',
    });
    expect(engine.execs()).toEqual([]);
  });

  it('requires a running cluster', async () => {
    expect(await runCli(['stop', '--node', 'node2'], { engine: engineOf('exited') })).toMatchObject({
      status: 125,
      stderr: expect.stringContaining('hint: start it: vcluster-box start demo\n') as string,
    });
  });

  it('fails with the error of the slice', async () => {
    const onExec: FakeState['onExec'] = (_container, _command, { stderr }) => {
      stderr.write('vcluster-slice: node2.example.com: ganeti-noded does not answer\nlast line of its log\n');
      return 1;
    };
    expect(await runCli(['start', '--node', 'node2'], { engine: engineOf('running', { onExec }) })).toMatchObject({
      status: 125,
      stderr: 'error: node2.example.com: ganeti-noded does not answer\n  | last line of its log\n',
    });
  });
});

describe('watcher', () => {
  it.each([
    [[], ['watcher-all']],
    [['node2'], ['watcher', 'node2.example.com', '--']],
    [
      ['node2', '--', '--debug'],
      ['watcher', 'node2.example.com', '--', '--debug'],
    ],
    [
      ['--', '--ignore-pause'],
      ['watcher-all', '--ignore-pause'],
    ],
  ])('with %j runs %j in the slice, and exits with its status', async (args, argv) => {
    const engine = engineOf('running', { onExec: () => 1 });
    expect(await runCli(['watcher', ...args], { engine })).toMatchObject({ status: 1 });
    expect(engine.execs()).toMatchObject([{ command: { argv: ['/usr/sbin/vcluster-slice', ...argv] } }]);
  });
});

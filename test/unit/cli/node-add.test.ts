import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import type { Addition } from '../../../src/plan/grow.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import { fakeSlice, withoutNode3 } from '../../support/fake-slice.ts';
import { fakeInfo } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const resources = { memoryMiB: 65_536, ownMemoryMiB: 1024, cpus: 16, ownCpus: 1, diskMiB: 2 ** 20 };
const failed = {
  type: 'failed',
  message: 'gnt-node ended with status 1',
  node: 'node5.example.com',
  log: ['Failure: no'],
};

describe('node add', () => {
  it('adds nodes one after another in the slice, and prints the new ones', async () => {
    const { engine, told } = fakeSlice();
    const { status, stdout, stderr } = await runCli(['node', 'add', '-n', '2'], { engine });
    expect({ status, stdout: stdout.split('\n') }).toEqual({
      status: 0,
      stdout: [
        'Cluster demo now has 5 nodes.',
        '',
        'ADDED              ADDRESS     GROUP',
        'node4.example.com  198.18.1.4  default',
        'node5.example.com  198.18.1.5  default',
        '',
      ],
    });
    expect(stderr).toMatch(/^Cluster demo\n ... Adding 2 nodes\n {2}ok Adding 2 nodes \(/);
    expect(told().map(([command, what]) => [command, (what as Addition).node.names[0]])).toEqual([
      ['add-node', 'node4.example.com'],
      ['add-node', 'node5.example.com'],
    ]);
  });

  it('adds a node to the given group; --json prints the result', async () => {
    const { engine } = fakeSlice();
    const { stdout } = await runCli(['node', 'add', '--group', 'east', '--json'], { engine });
    expect(JSON.parse(stdout)).toEqual({
      cluster: 'demo',
      added: [{ names: ['node4.example.com', 'node4'], address: '198.18.1.4', slice: 1, group: 'east', resources }],
      nodes: 4,
    });
  });

  it('counts only nodes that are in the Ganeti cluster, not one that gnt-node remove has removed', async () => {
    const { engine } = fakeSlice(undefined, {}, {}, withoutNode3);
    const { stdout } = await runCli(['node', 'add'], { engine });
    expect(stdout).toMatch(/^Cluster demo now has 3 nodes\.\n\nADDED .*\nnode4\.example\.com /);
    const fifth = (_: string, what: unknown) => ((what as Addition).node.address === '198.18.1.5' ? [failed] : []);
    const failing = fakeSlice(fifth, {}, {}, withoutNode3);
    const { stderr } = await runCli(['node', 'add', '-n', '2'], { engine: failing.engine });
    expect(stderr).toContain('node4.example.com was added: the cluster now has 3 nodes\n');
  });

  it('gives the nodes the requested memory, CPUs and disk', async () => {
    const { engine, told } = fakeSlice();
    const flags = ['--node-memory', '128g', '--node-cpus', '32', '--node-disk', '2t'];
    expect(await runCli(['node', 'add', ...flags], { engine })).toMatchObject({ status: 0 });
    const sizes = { memoryMiB: 131_072, ownMemoryMiB: 2048, cpus: 32, ownCpus: 1, diskMiB: 2 ** 21 };
    expect(told()).toMatchObject([['add-node', { node: { resources: sizes } }]]);
  });

  it('shows the progress of the slice with --verbose', async () => {
    const { engine } = fakeSlice(() => [{ type: 'step-progress', text: 'gnt-node add' }]);
    const { stderr } = await runCli(['node', 'add', '-n', '2', '-v'], { engine });
    expect(stderr).toContain('     1/2 gnt-node add\n     2/2 gnt-node add\n');
  });

  it('raises the limits of the container first, unless memory was given', async () => {
    const { engine } = fakeSlice();
    await runCli(['node', 'add', '-n', '2'], { engine });
    expect(engine.state.containers[0]).toMatchObject({ memory: 1344 * 2 ** 20, pidsLimit: 600 });
    const labels = { ...engine.state.containers[0]?.labels, 'vcluster-box.spec': '{"memory":1275068416}' };
    const given = fakeSlice(undefined, {}, { labels });
    await runCli(['node', 'add', '-n', '2'], { engine: given.engine });
    expect(given.engine.state.containers[0]).toMatchObject({ memory: 1216 * 2 ** 20, pidsLimit: 600 });
  });

  it('continues with a warning when the engine cannot change limits', async () => {
    const { engine } = fakeSlice(undefined, {
      onCall: (method) => {
        if (method === 'updateLimits') throw new EngineError('not here');
      },
    });
    const { status, stderr } = await runCli(['node', 'add'], { engine });
    expect(status).toBe(0);
    expect(stderr).toContain('warning: the memory and process limits were not raised: not here\n');
  });

  it.each([
    ['the engine', { info: { ...fakeInfo, memory: 2 ** 30 } }, {}, 'and the engine has 1.0 GiB'],
    ['a limit that was given', {}, { memory: 2 ** 28 }, 'and the cluster was given 256 MiB'],
  ])('changes nothing when %s has too little memory', async (_, state, container, said) => {
    const labels = { ...fakeCluster('demo').labels, 'vcluster-box.spec': '{"memory":268435456}' };
    const { engine, told } = fakeSlice(undefined, state, { labels, ...container });
    const { status, stderr } = await runCli(['node', 'add', '-n', '100'], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain(`103 nodes need about 2.2 GiB of memory, ${said}\nhint: `);
    expect(told()).toEqual([]);
  });

  it('stops at a node that cannot be added, and reports the reason and the added nodes', async () => {
    const { engine, told } = fakeSlice((_, what) => ((what as Addition).node.address === '198.18.1.5' ? [failed] : []));
    const { status, stdout, stderr } = await runCli(['node', 'add', '-n', '3'], { engine });
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
    expect(stderr.split('\n').slice(2)).toEqual([
      'node4.example.com was added: the cluster now has 4 nodes',
      'FAIL Adding 3 nodes',
      'error: node5.example.com: gnt-node ended with status 1',
      '  | Failure: no',
      '',
    ]);
    expect(told()).toHaveLength(2);
  });

  it('finishes the current node when interrupted, and reports the added nodes', async () => {
    const signals = fakeSignals();
    const { engine, told } = fakeSlice(() => {
      signals.send('SIGINT');
      return [];
    });
    const { status, stderr } = await runCli(['node', 'add', '-n', '3', '-v'], { engine, signals });
    expect(status).toBe(130);
    expect(stderr).toContain('1/3 finishing node4.example.com; interrupt again to leave that to the slice\n');
    expect(stderr).toMatch(/error: interrupted; node4\.example\.com was added: the cluster now has 4 nodes\n$/);
    expect(told()).toHaveLength(1);
  });

  it('reports when the container is stopped meanwhile, or its program fails', async () => {
    const stopped = await runCli(['node', 'add'], { engine: fakeSlice(() => 137).engine });
    expect(stopped).toMatchObject({ status: 125, stderr: expect.stringContaining('was stopped meanwhile') as string });
    const broken = await runCli(['node', 'add'], { engine: fakeSlice(() => 70).engine });
    expect(broken.stderr).toContain('error: add-node in container vcluster-box-demo-1 failed (exit status 70)\n');
  });

  it.each([
    [['-n', '0'], 2, '--nodes: 0 is not a whole number from 1 to 999'],
    [['-n', 'x'], 2, '--nodes: x is not a whole number'],
    [['--node-memory', '1k'], 2, '--node-memory: must be a size from 256m to 64t, such as 64g, not 1k'],
    [['--node-disk', '1', '--node-cpus', '1.5'], 2, '--node-cpus: must be a whole number from 1 to 1024, not 1.5'],
    [['-n', '998'], 125, 'a cluster can have at most 1000 nodes: this one has 3, requested 998 more'],
    [['-c', 'gone'], 125, 'no cluster named gone exists'],
  ])('refuses %j', async (args, exit, said) => {
    const { engine, told } = fakeSlice();
    const { status, stderr } = await runCli(['node', 'add', ...args], { engine });
    expect(status).toBe(exit);
    expect(stderr).toContain(said);
    expect(told()).toEqual([]);
  });

  it.each(['add', 'rm'])('%s requires a running cluster', async (command) => {
    const { engine } = fakeSlice(undefined, {}, { state: 'exited' });
    const args = ['node', command, ...(command === 'rm' ? ['node2'] : [])];
    const { status, stderr } = await runCli(args, { engine });
    expect({ status, stderr }).toMatchObject({ status: 125, stderr: expect.stringContaining('is stopped') as string });
  });
});

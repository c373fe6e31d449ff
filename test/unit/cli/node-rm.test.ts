import { describe, expect, it } from 'vitest';
import type { Departure } from '../../../src/plan/shrink.ts';
import { fakeSlice, known, withoutNode3 } from '../../support/fake-slice.ts';
import { votesFor } from '../../support/fake-votes.ts';
import { runCli } from '../../support/run-cli.ts';

const failed = {
  type: 'failed',
  message: 'Ganeti could not move it',
  node: 'node3.example.com',
  log: ['Failure: no'],
};

const disk = { primary: 'node3.example.com', secondaries: [], template: 'file', addresses: [] };
const withTwoDisks = {
  ...known,
  instances: [
    { ...disk, name: 'instance1.example.com' },
    { ...disk, name: 'instance9.example.com' },
  ],
};

describe('node rm', () => {
  it('removes the node in the slice, moves its instances, and prints what moved', async () => {
    const { engine, told } = fakeSlice();
    const { status, stdout } = await runCli(['node', 'rm', 'node3'], { engine });
    expect({ status, stdout: stdout.split('\n') }).toEqual({
      status: 0,
      stdout: [
        'Cluster demo now has 2 nodes.  Removed: node3.example.com.',
        '',
        'MOVED                  FROM               TO',
        'instance1.example.com  node3.example.com  node1.example.com',
        '',
      ],
    });
    const [[command, what] = []] = told();
    expect([command, (what as Departure).node]).toEqual(['remove-node', 'node3.example.com']);
  });

  it('says before it changes anything how much the copies of disks write', async () => {
    const { engine, told } = fakeSlice(undefined, {}, {}, withTwoDisks);
    const answer = engine.state.onExec;
    const measured: unknown[] = [];
    engine.state.onExec = (container, command, streams) => {
      if (command.argv[0] !== 'du') return answer(container, command, streams);
      measured.push(...command.argv.slice(-2), ...told());
      streams.stdout.write('12000\t/x\n300\t/y\n12300\ttotal\n');
      return 0;
    };
    const { stderr } = await runCli(['node', 'rm', 'node3'], { engine });
    expect(stderr).toMatch(
      /^node3\.example\.com: the disks of 2 instances are copied to other nodes, which writes 12 MiB\nCluster demo\n/,
    );
    const places = ['srv/ganeti/file-storage', 'var/lib/vcluster-box'];
    expect(measured).toEqual(places.map((path) => `/srv/vcluster/node3.example.com/${path}`));
  });

  it('unpublishes the ports of the node, and no others', async () => {
    const { engine } = fakeSlice();
    await runCli(['port', 'add', 'node3:22', 'node3:1811', 'node2:22', 'rapi'], { engine });
    await runCli(['node', 'rm', 'node3'], { engine });
    const { stdout } = await runCli(['port', 'ls', '--json'], { engine });
    const left = JSON.parse(stdout) as readonly { readonly target: string }[];
    expect(left.map(({ target }) => target)).toEqual(['rapi', 'rapi', 'node2.example.com:22']);
  });

  it('--json prints the result; a node that is named twice is removed once', async () => {
    const { engine } = fakeSlice();
    const { stdout } = await runCli(['node', 'rm', 'node3', 'node3.example.com', '--json'], { engine });
    expect(JSON.parse(stdout)).toEqual({
      cluster: 'demo',
      removed: ['node3.example.com'],
      moved: [{ instance: 'instance1.example.com', from: 'node3.example.com', to: 'node1.example.com' }],
      nodes: 2,
    });
  });

  it('counts only nodes that are in the Ganeti cluster, also when it removes one that is not', async () => {
    const { engine } = fakeSlice(undefined, {}, {}, withoutNode3);
    const { stdout } = await runCli(['node', 'rm', 'node3'], { engine });
    expect(stdout).toBe('Cluster demo now has 2 nodes.  Removed: node3.example.com.\n');
    const other = await runCli(['node', 'rm', 'node2'], { engine });
    expect(other.stdout).toBe('Cluster demo now has 1 node.  Removed: node2.example.com.\n');
  });

  it.each([
    [['node9'], 'node node9 does not exist\nhint: existing nodes: node1, node2, node3'],
    [['node3', 'node1'], 'node1.example.com is the master, and cannot be removed\nhint: '],
    [['node1', 'node2', 'node3'], 'cannot remove all nodes of the cluster\nhint: '],
    [['node3', 'node2'], '  | instance2.example.com on node2.example.com: its disk template drbd cannot be moved'],
  ])('refuses %j before it changes anything', async (names, said) => {
    const { engine, told } = fakeSlice();
    const { status, stderr } = await runCli(['node', 'rm', ...names], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain(said);
    expect(told()).toEqual([]);
  });

  it('fails with Ganeti’s error when an instance does not move', async () => {
    const { engine } = fakeSlice(() => [failed]);
    const { status, stderr } = await runCli(['node', 'rm', 'node3'], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain('error: node3.example.com: Ganeti could not move it\n  | Failure: no\n');
  });

  it('fails when the master does not answer', async () => {
    const { engine } = fakeSlice(undefined, {
      onExec: (_container, { argv }, { stdout, stderr }) => {
        if (argv[1] === 'votes') {
          stdout.write(votesFor([]));
          return 0;
        }
        stderr.write('vcluster-slice: no answer\n');
        return 1;
      },
    });
    const { status, stderr } = await runCli(['node', 'rm', 'node3'], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain('  | vcluster-slice: no answer\nhint: see what is down: vcluster-box status\n');
  });
});

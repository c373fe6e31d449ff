import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { alpha, execs, states, twoHosts } from '../../support/fake-two-hosts.ts';
import { runCli } from '../../support/run-cli.ts';

describe('a cluster on several hosts', () => {
  it('shows the status from its plan when it is stopped', async () => {
    const { hosts, first, second } = twoHosts();
    for (const { state } of [first, second])
      state.containers = state.containers.map((one) => ({ ...one, state: 'exited' }));
    const { stdout } = await runCli(['status', 'demo'], { engine: first, hosts });
    expect(stdout).toContain('demo is stopped: cluster.example.com 198.18.0.1\n');
  });

  it('can be stopped, started, paused and unpaused on all hosts', async () => {
    const { hosts, first, second } = twoHosts(() => '', { logs: [] });
    for (const { state } of [first, second]) {
      state.containers = state.containers.map((one) => ({
        ...one,
        logs: [{ stream: 'stdout', text: '{"type":"ready"}' }],
      }));
    }
    const run = (command: string) => runCli([command, 'demo'], { engine: first, hosts });
    expect((await run('pause')).status).toBe(0);
    expect(states(first, second)).toEqual([['paused'], ['paused']]);
    await run('unpause');
    expect((await run('stop')).stdout).toBe('Cluster demo is stopped.\n');
    expect(states(first, second)).toEqual([['exited'], ['exited']]);
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    onTestFinished(() => {
      timeout.mockRestore();
    });
    const started = await run('start');
    // Slices on several hosts wait up to two minutes for each other.
    expect(timeout).toHaveBeenCalledWith((120 + 3 * 2 + 120) * 1000);
    expect([started.status, started.stdout]).toEqual([0, 'Cluster demo is running.\n']);
    expect(states(first, second)).toEqual([['running'], ['running']]);
    expect(started.stderr).toContain('Starting containers');
  });

  it('gets its overlay network again, from the manager of the swarm, if that was removed', async () => {
    const { hosts, first, second } = twoHosts(() => '', { logs: [] });
    const network = 'vcluster-box-demo';
    for (const { state } of [first, second]) {
      const swarm = { node: state.info.id, manager: state === second.state, managers: ['id-of-ssh://ops@beta'] };
      state.info = { ...state.info, swarm };
      state.containers = state.containers.map((one) => ({
        ...{ ...one, state: 'exited', network, networkIds: { [network]: 'removed' } },
        labels: { ...one.labels, 'vcluster-box.spec': '{"encrypted":true}' },
        logs: [{ stream: 'stdout', text: '{"type":"ready"}' }],
      }));
    }
    expect((await runCli(['start', 'demo'], { engine: first, hosts })).status).toBe(0);
    expect(states(first, second)).toEqual([['running'], ['running']]);
    expect(first.state.networks).toEqual([]);
    const created = second.calls.find(({ method }) => method === 'createNetwork');
    expect(created?.args).toMatchObject([
      { name: network, driver: 'overlay', attachable: true, options: { encrypted: '' } },
    ]);
  });

  it('stops on all hosts that can be reached, and reports an error for the others', async () => {
    const { first } = twoHosts();
    const { status, stderr } = await runCli(['stop', 'demo'], { engine: first, hosts: { [alpha]: first } });
    expect([status, states(first)]).toEqual([125, [['exited']]]);
    expect(stderr).toContain(
      'cluster demo is stopped, but not on all hosts: the host ssh://ops@beta cannot be reached: no route to host',
    );
  });

  it('does not keep stop --all from stopping other clusters when its host is down', async () => {
    const { first } = twoHosts();
    first.state.containers = [...first.state.containers, fakeCluster('lab')];
    const { status, stdout } = await runCli(['stop', '--all'], { engine: first, hosts: { [alpha]: first } });
    expect([status, stdout, states(first)]).toEqual([125, 'Cluster lab is stopped.\n', [['exited', 'exited']]]);
  });

  it('handles --node in the slices of the nodes', async () => {
    const { hosts, first, second } = twoHosts();
    const args = ['stop', 'demo', '--node', 'node3,node1', '--node', 'node2'];
    const { stdout } = await runCli(args, { engine: first, hosts });
    expect(
      stdout
        .split('\n')
        .slice(0, 3)
        .map((line) => line.split(' ')[1]),
    ).toEqual([3, 1, 2].map((number) => `node${number}.example.com`));
    expect(execs(first)).toEqual([['/usr/sbin/vcluster-slice', 'stop', 'node1.example.com', 'node2.example.com']]);
    expect(execs(second)).toEqual([['/usr/sbin/vcluster-slice', 'stop', 'node3.example.com']]);
  });

  it('runs the watcher in every slice, or in those of the given nodes', async () => {
    const { hosts, first, second } = twoHosts();
    await runCli(['watcher', '-c', 'demo'], { engine: first, hosts });
    await runCli(['watcher', '-c', 'demo', 'node3'], { engine: first, hosts });
    expect(execs(first).map(([, command]) => command)).toEqual(['watcher-all']);
    expect(execs(second).map(([, command]) => command)).toEqual(['watcher-all', 'watcher']);
  });
});

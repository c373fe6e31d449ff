import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { story } from '../support/story.ts';

const [node1, node2, node3] = ['node1.example.com', 'node2.example.com', 'node3.example.com'] as const;
const program = slicePaths.program;

interface Node {
  readonly name: string;
  readonly state: string;
  readonly role: string;
  readonly answers: boolean;
  readonly daemons: Readonly<Record<string, boolean>>;
}

describe.skipIf(!dockerAvailable)('single nodes of a slice', () => {
  const step = story();
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice();
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const act = async (...argv: string[]) => {
    const { status, stderr } = await slice.run([program, ...argv]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  };
  const status = async () => {
    const { nodes } = JSON.parse((await slice.run([program, 'status'])).stdout) as { readonly nodes: readonly Node[] };
    return Object.fromEntries(nodes.map((node) => [node.name, node]));
  };
  const states = async () => Object.values(await status()).map(({ state }) => state);
  /** Pids of the daemons of a node, by its pid files. */
  const pids = (node: string) =>
    slice
      .run(['sh', '-c', `cd /srv/vcluster/${node}/var/run/ganeti; grep . ganeti-*.pid`])
      .then(({ stdout }) => stdout);

  step('stop: all daemons of that node end, and the others are not affected', async () => {
    const others = await Promise.all([pids(node1), pids(node3)]);
    await act('stop', 'node2');
    const after = await status();
    expect(after[node2]).toMatchObject({ state: 'stopped', answers: false, role: 'candidate' });
    expect(Object.values(after[node2]?.daemons ?? {})).toEqual([false, false, false]);
    expect(await Promise.all([pids(node1), pids(node3)])).toEqual(others);
  });

  step('a stopped node stays stopped for start-all, restart-all and the watcher, however it is run', async () => {
    for (const command of ['start-all', 'restart-all', 'watcher-all']) {
      expect(await slice.run([`/srv/vcluster/${command}`])).toMatchObject({ status: 0 });
    }
    const { stdout } = await slice.run([`/srv/vcluster/${node2}/cmd`, 'ganeti-watcher', '--ignore-pause']);
    expect(stdout).toContain('This node is stopped');
    expect(await slice.run([program, 'watcher', 'node2'])).toMatchObject({
      status: 0,
      stdout: 'Virtual node node2.example.com is stopped: no watcher\n',
    });
    expect(await states()).toEqual(['running', 'stopped', 'running']);
    expect(await pids(node2)).toBe('');
  });

  step('it stays stopped across a restart of the slice', async () => {
    await slice.engine.stopContainer(slice.container, 30);
    await slice.start();
    expect(await states()).toEqual(['running', 'stopped', 'running']);
  });

  step('start: it answers again, and Ganeti reports no error', async () => {
    await act('start', node2);
    expect(await states()).toEqual(['running', 'running', 'running']);
    expect(await slice.gnt(node1, 'gnt-cluster', 'verify')).not.toMatch(/ERROR|WARNING/);
  });

  it('start of a running node changes nothing', async () => {
    const before = await pids(node2);
    await act('start', 'node2');
    expect(await pids(node2)).toBe(before);
  });

  it('restart: it has new daemons', async () => {
    const before = await pids(node3);
    await act('restart', 'node3');
    const after = await pids(node3);
    expect(after.split('\n')).toHaveLength(before.split('\n').length);
    for (const line of before.trim().split('\n')) expect(after).not.toContain(`${line}\n`);
  });

  step('pause: its processes are frozen, and status reports it within 20 s', async () => {
    await act('pause', 'node3');
    const began = performance.now();
    expect(await states()).toEqual(['running', 'running', 'paused']);
    expect(performance.now() - began).toBeLessThan(20_000);
    const { stdout } = await slice.run([
      'sh',
      '-c',
      `cd /srv/vcluster/${node3}/var/run/ganeti; for f in ganeti-*.pid; do
      cut -d' ' -f3 /proc/$(cat $f)/stat; done`,
    ]);
    expect(stdout).toMatch(/^(T\n)+$/);
  });

  step('unpause: it continues', async () => {
    const before = await pids(node3);
    await act('unpause', 'node3');
    expect(await states()).toEqual(['running', 'running', 'running']);
    expect(await pids(node3)).toBe(before);
  });

  step('a paused node can be stopped, with nothing killed', async () => {
    await act('pause', 'node3');
    await act('stop', 'node3');
  });

  step('a stopped node cannot be paused', async () => {
    expect(await slice.run([program, 'pause', 'node2', 'node3'])).toMatchObject({
      status: 1,
      stderr: 'vcluster-slice: node3.example.com: the node is stopped, so it cannot be paused\n',
    });
    expect(await states()).toEqual(['running', 'running', 'stopped']);
    await act('start', 'node3');
  });

  it('an unknown node is refused before anything changes', async () => {
    expect(await slice.run([program, 'stop', 'node2', 'node9'])).toMatchObject({
      status: 1,
      stderr: 'vcluster-slice: slice 1 has no node node9 in the Ganeti cluster\n',
    });
    expect(await states()).toEqual(['running', 'running', 'running']);
  });

  step('a stopped master gives up the cluster’s address, and another node can take over', async () => {
    await act('stop', 'node1');
    expect(await slice.run([program, 'healthy'])).toMatchObject({
      status: 1,
      stdout: 'the master node1.example.com is stopped\n',
    });
    const addresses = (await slice.run(['ip', '-4', 'address', 'show'])).stdout;
    expect(addresses).toContain('198.18.1.1/');
    expect(addresses).not.toContain('198.18.0.1/');
    await slice.gnt(node2, 'gnt-cluster', 'master-failover');
    expect(await slice.run([program, 'healthy'])).toMatchObject({ status: 0 });
  });

  step('while the old master is stopped, the slice restarts with the new one', async () => {
    await slice.engine.stopContainer(slice.container, 30);
    await slice.start();
    const after = await status();
    expect([after[node1], after[node2]]).toMatchObject([{ state: 'stopped' }, { role: 'master', answers: true }]);
  });

  step('the old master returns as an ordinary node, whose commands ask the new one', async () => {
    await act('start', 'node1');
    expect((await status())[node1]).toMatchObject({ role: 'candidate', state: 'running', answers: true });
    const list = [`/srv/vcluster/${node1}/cmd`, 'gnt-node', 'list', '--no-headers', '-o', 'name'];
    const listed = await slice.run(list, { env: { VCLUSTER_BOX_FOLLOW_MASTER: '1' } });
    expect(listed).toMatchObject({ status: 0, stdout: `${node1}\n${node2}\n${node3}\n` });
  });

  step('boots without its master, and says what to do', async () => {
    await act('stop', 'node2');
    await slice.engine.stopContainer(slice.container, 30);
    const events = await slice.start();
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
      { message: 'the master node2.example.com is stopped, so the cluster does not answer' },
    ]);
    await act('start', 'node2');
    expect(await slice.run([program, 'healthy'])).toMatchObject({ status: 0 });
  });

  step('a master that took over while most nodes were stopped stays the master when they come back', async () => {
    await act('stop', 'node1', 'node2');
    await slice.gnt(node3, 'gnt-cluster', 'master-failover', '--no-voting', '--yes-do-it');
    expect(await slice.run([program, 'healthy'])).toMatchObject({ status: 0 });
    await slice.engine.stopContainer(slice.container, 30);
    await slice.start();
    expect((await status())[node3]).toMatchObject({ role: 'master', answers: true });
    await act('start', 'node1', 'node2');
    expect((await status())[node3]).toMatchObject({ role: 'master', answers: true });
    await slice.gnt(node3, 'gnt-cluster', 'redist-conf');
    expect(await slice.gnt(node3, 'gnt-cluster', 'verify')).not.toMatch(/ERROR|WARNING/);
  });

  it('the master is the node that most nodes name, or of several the one named last; offline nodes have no vote', async () => {
    const votes = `
import os, pathlib
from vcluster_slice.master import votes
from vcluster_slice.plan import loader
the_plan = loader.load(None)
first, second = the_plan.own_nodes[:2]
files = [node.directory / "var/lib/ganeti/ssconf_master_node" for node in the_plan.own_nodes]
online = first.directory / "var/lib/ganeti/ssconf_online_nodes"
all_online = online.read_text()
before = [file.read_text() for file in files]
def name_master(file, node, time): file.write_text(node.name + "\\n"); os.utime(file, (time, time))
try:
    files[2].rename("/tmp/third")
    name_master(files[0], second, 1); name_master(files[1], first, 1); votes.find_master(the_plan)
    name_master(files[0], first, 1000); name_master(files[1], second, 2000)
    print(votes.find_master(the_plan).name)
    # The same name, in another change of the configuration.
    name_master(files[0], first, 3000)
    print(votes.find_master(the_plan).name)
    name_master(files[0], second, 4000); name_master(files[1], first, 5000)
    print(votes.find_master(the_plan).name)
    pathlib.Path("/tmp/third").rename(files[2])
    for (file, node, time) in ((files[0], first, 7000), (files[1], second, 6000), (files[2], second, 1)):
        name_master(file, node, time)
    print(votes.find_master(the_plan).name)
    online.write_text(f"{first.name}\\n{second.name}\\n")
    print(votes.find_master(the_plan).name)
finally:
    online.write_text(all_online)
    if not files[2].exists(): pathlib.Path("/tmp/third").rename(files[2])
    for file, text in zip(files, before): file.write_text(text)
`;
    expect(await python(slice, votes)).toBe([node2, node2, node1, node2, node1, ''].join('\n'));
  });
});

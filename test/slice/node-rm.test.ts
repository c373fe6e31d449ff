import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownToGaneti } from '../../src/cluster/current-plan.ts';
import type { SliceStatus } from '../../src/cluster/slice-status.ts';
import { growPlan } from '../../src/plan/grow.ts';
import type { Inventory } from '../../src/plan/inventory.ts';
import { planDepartures } from '../../src/plan/shrink.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { changeNodes, currentPlan } from '../support/slice-nodes.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { story } from '../support/story.ts';

const [node1, node2, node3, node4] = [1, 2, 3, 4].map((number) => `node${number}.example.com`) as [
  string,
  string,
  string,
  string,
];

describe.skipIf(!dockerAvailable)('a slice whose nodes are added and removed', () => {
  const step = story();
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ nodes: 3 });
    const add = ['gnt-instance', 'add', '-o', 'noop', '--no-name-check', '--no-ip-check', '-B', 'memory=128'];
    await slice.gnt(node1, ...add, '-t', 'diskless', '-n', node3, 'instance1.example.com');
  }, 300_000);
  afterAll(() => slice[Symbol.asyncDispose]());

  it('removes a node again if Ganeti does not add it, and says why', async () => {
    const before = await traces();
    await slice.gnt(node1, 'gnt-cluster', 'queue', 'drain');
    const { status, events } = await changeNodes(slice, 'add-node', await addition());
    await slice.gnt(node1, 'gnt-cluster', 'queue', 'undrain');
    expect(status).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: 'failed', node: node1 });
    expect(events.at(-1)?.log?.join('\n')).toMatch(/drained/i);
    expect(await traces()).toEqual(before);
  });

  it('refuses to add a node to a group that does not exist, and changes nothing', async () => {
    const before = await traces();
    const what = await addition();
    const { events } = await changeNodes(slice, 'add-node', { ...what, node: { ...what?.node, group: 'nowhere' } });
    expect(events).toMatchObject([{ type: 'failed', message: 'there is no node group nowhere' }]);
    expect(await traces()).toEqual(before);
  });

  it('does not change its nodes concurrently', async () => {
    const hold = 'flock /run/vcluster-box/nodes.lock vcluster-slice add-node </dev/null';
    const { stdout } = await slice.run(['sh', '-c', hold]);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'failed', message: 'nodes are being added or removed' });
  });

  it('keeps a node, and undrains it, if an instance cannot be moved', async () => {
    const moves = [{ instance: 'instance1.example.com', to: 'node9.example.com', by: 'migration' }];
    const { status, events } = await changeNodes(slice, 'remove-node', { ...(await departure(node3)), moves });
    expect(status).toBe(1);
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      node: node3,
      message: 'Ganeti could not move instance1.example.com; the node stays',
    });
    const list = ['gnt-node', 'list', '--no-headers', '-o', 'role,pinst_cnt', node3];
    expect((await slice.gnt(node1, ...list)).trim().split(/ +/)).toEqual(['C', '1']);
    expect((await statusOf(node3))?.daemons).toEqual({
      'ganeti-noded': true,
      'ganeti-mond': true,
      'ganeti-confd': true,
    });
  });

  step('boots without a node whose addition was killed, and warns', async () => {
    const what = await addition();
    const adding = slice.run(['vcluster-slice', 'add-node'], { stdin: JSON.stringify(what) }).catch(() => undefined);
    await expect.poll(async () => (await currentPlan(slice)).nodes.length, { timeout: 60_000 }).toBe(4);
    await killSlice(slice);
    await adding;
    const events = await slice.start();
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
      {
        message: 'node4.example.com is not in the Ganeti cluster, so it is not started',
        hint: expect.stringMatching(/gnt-node add --no-ssh-key-check node4; .* vcluster-box node rm node4$/) as string,
      },
    ]);
    expect(await statusOf(node4)).toMatchObject({ role: 'unjoined', answers: false, daemons: {} });
    expect(await slice.gnt(node1, 'gnt-node', 'list', '--no-headers', '-o', 'name')).not.toContain('node4');
  });

  step('removes what is left of that node on request', async () => {
    expect(await changeNodes(slice, 'remove-node', await departure(node4))).toMatchObject({ status: 0 });
    expect((await traces()).nodes).toEqual([node1, node2, node3]);
    expect((await traces()).about4).toBe('');
  });

  it('continues a removal that was interrupted after Ganeti’s part', async () => {
    await changeNodes(slice, 'add-node', await addition());
    await slice.gnt(node1, 'gnt-node', 'remove', node4);
    const known = await knownToGaneti(slice.engine, { slices: [{ name: slice.container }] }, await currentPlan(slice));
    expect(known.nodes.map(({ names }) => names[0])).toEqual([node1, node2, node3]);
    expect(await slice.run([slicePaths.program, 'start', node4])).toEqual({
      status: 1,
      stdout: '',
      stderr: `vcluster-slice: slice 1 has no node ${node4} in the Ganeti cluster\n`,
    });
    await slice.engine.stopContainer(slice.container, 30);
    expect((await slice.start()).at(-1)).toMatchObject({ type: 'ready', nodes: 3 });
    expect(await statusOf(node4)).toMatchObject({ role: 'unjoined' });
    await slice.gnt(node1, 'gnt-node', 'add', '--no-ssh-key-check', 'node4');
    const down = async () => Object.entries((await statusOf(node4))?.daemons ?? {}).filter(([, runs]) => !runs);
    await expect.poll(down, { timeout: 30_000, interval: 500 }).toEqual([]);
    expect(await statusOf(node4)).toMatchObject({ role: 'candidate', answers: true });
    await slice.gnt(node1, 'gnt-node', 'remove', node4);
    expect(await changeNodes(slice, 'remove-node', await departure(node4))).toMatchObject({ status: 0 });
    expect((await traces()).about4).toBe('');
  });

  it('also stops the daemons of a node that was added after its start', async () => {
    await changeNodes(slice, 'add-node', await addition());
    await slice.engine.stopContainer(slice.container, 30);
    const { status } = { status: (await slice.engine.inspectContainer(slice.container))?.exitCode };
    expect(status).toBe(0);
    const log = await slice.engine.readFile(slice.container, `/srv/vcluster/${node4}/var/log/ganeti/node-daemon.log`);
    await slice.start();
    expect(log?.toString()).toContain('Received signal 15 asking for shutdown');
    expect(/ERROR|WARNING/.exec(await slice.gnt(node1, 'gnt-cluster', 'verify'))).toBeNull();
  });

  const addition = async () => growPlan(await currentPlan(slice), 1)[0];

  async function departure(name: string) {
    const plan = await currentPlan(slice);
    const inventory = JSON.parse((await slice.run(['vcluster-slice', 'inventory'])).stdout) as Inventory;
    const leaving = plan.nodes.filter(({ names }) => names.includes(name));
    return planDepartures(plan, leaving, inventory)[0];
  }

  async function statusOf(name: string) {
    const { nodes } = JSON.parse((await slice.run(['vcluster-slice', 'status'])).stdout) as SliceStatus;
    return nodes.find((node) => node.name === name);
  }

  /** Everything that a fourth node would leave behind. */
  async function traces() {
    const look = `ls -d /srv/vcluster/node4* 2>/dev/null; ip -o address show to 198.18.1.4; ps -eo args | grep -e '-b 198[.]18[.]1[.]4';
      grep -h node4 /etc/hosts /root/.ssh/known_hosts ${slicePaths.plan}; grep -l node4 /srv/vcluster/*/var/lib/ganeti/ssconf_*`;
    const { nodes, needs } = await currentPlan(slice);
    return {
      nodes: nodes.map(({ names: [name] }) => name),
      needs,
      about4: (await slice.run(['sh', '-c', look])).stdout,
    };
  }
});

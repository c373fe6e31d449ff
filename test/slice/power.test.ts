import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../src/config/parse-cluster-spec.ts';
import { planCluster } from '../../src/plan/plan-cluster.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { story } from '../support/story.ts';

const [node1, node2, node3] = ['node1.example.com', 'node2.example.com', 'node3.example.com'] as const;
const oob = '/usr/lib/vcluster-box/oob';

interface Node {
  readonly name: string;
  readonly state: string;
  readonly role: string;
  readonly answers: boolean;
}

describe.skipIf(!dockerAvailable)('the power of virtual nodes', () => {
  const step = story();
  let slice: Slice;
  beforeAll(async () => {
    // An instance on each node.
    const { spec } = parseClusterSpec({ nodes: 3, instances: 3 }, 'test');
    slice = await startSlice({ plan: () => planCluster(spec) });
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const gnt = (...argv: string[]) => slice.gnt(node1, ...argv);
  const refused = async (...argv: string[]) => {
    const { status, stdout, stderr } = await slice.run([`/srv/vcluster/${node1}/cmd`, ...argv]);
    expect(status).toBe(1);
    return stdout + stderr;
  };
  const power = async (...argv: string[]) => {
    return (await gnt('gnt-node', 'power', '-f', '--no-headers', '--power-delay=0', ...argv)).trim();
  };
  const nodes = async () => {
    const { stdout } = await slice.run(['vcluster-slice', 'status']);
    return (JSON.parse(stdout) as { readonly nodes: readonly Node[] }).nodes;
  };
  const states = async () => (await nodes()).map(({ state }) => state);
  const instances = async () => (await gnt('gnt-instance', 'list', '--no-headers', '-o', 'status')).trim().split('\n');
  const bootIds = async () => (await gnt('gnt-node', 'list', '--no-headers', '-o', 'bootid')).trim().split('\n');
  const noded = async (node: string) =>
    (await slice.run(['cat', `/srv/vcluster/${node}/var/run/ganeti/ganeti-noded.pid`])).stdout;
  /** What changes when a machine, or the container, restarts. */
  const machine = async () => {
    const script = 'cat /proc/sys/kernel/random/boot_id; cut -d" " -f22 /proc/1/stat';
    return (await slice.run(['sh', '-c', script])).stdout;
  };

  it('status and health are reported for nodes that are on', async () => {
    expect((await power('status')).split('\n')).toHaveLength(3);
    expect(await power('status', 'node2')).toBe(`${node2} powered`);
    const health = await gnt('gnt-node', 'health', '--no-headers', 'node2');
    expect(health.trim().split(/\s+/)).toEqual([
      node2,
      'power=OK',
      'ganeti-noded=OK',
      'ganeti-mond=OK',
      'ganeti-confd=OK',
    ]);
  });

  step('off: everything on the node is gone at once, and the others are not affected', async () => {
    const others = [await noded(node1), await noded(node3)];
    // Like Ganeti's transfers of disks, it is the child of no daemon.
    const transfer = `/srv/vcluster/${node2}/var/run/ganeti/import-export/test`;
    const begin = `mkdir -p $1; setsid sh -c 'echo $$ >$1/pid; exec tail -f /dev/null $1/pid' sh $1 >/dev/null 2>&1 &`;
    await slice.run(['sh', '-c', begin, 'sh', transfer]);
    const transfers = async () => (await slice.run(['pgrep', '-c', '-f', `^tail .*${transfer}/pid`])).stdout;
    await expect.poll(transfers, { timeout: 60_000, interval: 200 }).toBe('1\n');
    expect(await power('off', 'node2')).toBe(`${node2} invoked`);
    expect(await nodes()).toMatchObject([{}, { state: 'off', role: 'offline' }, {}]);
    expect(await power('status', 'node2')).toBe(`${node2} unpowered`);
    expect(await instances()).toEqual(['running', 'ERROR_nodeoffline', 'running']);
    expect([await noded(node1), await noded(node3)]).toEqual(others);
    expect((await slice.run(['sh', '-c', 'ps -eo args | grep "[-]b 198[.]18[.]1[.]2"'])).stdout).toBe('');
    expect(await transfers()).toBe('0\n');
  });

  step('it can be neither cycled nor set online before it is on', async () => {
    expect(await refused('gnt-node', 'power', '-f', 'cycle', 'node2')).toContain(
      'the node is off: `gnt-node power on` powers it on',
    );
    expect(await refused('gnt-node', 'modify', '-f', '-O', 'no', 'node2')).toContain('needs to be turned on');
  });

  step(
    'it stays off for start-all, the watcher, and after the slice was killed; other instances do not change',
    async () => {
      await gnt('gnt-instance', 'shutdown', 'instance3');
      await slice.run(['/srv/vcluster/start-all']);
      await slice.run(['/srv/vcluster/watcher-all']);
      expect(await states()).toEqual(['running', 'off', 'running']);
      await killSlice(slice);
      await slice.start();
      expect(await states()).toEqual(['running', 'off', 'running']);
      expect(await instances()).toEqual(['running', 'ERROR_nodeoffline', 'ADMIN_down']);
    },
  );

  step('on: it answers, its instance does not run until it is started, and Ganeti accepts the node again', async () => {
    expect(await power('on', 'node2')).toBe(`${node2} invoked`);
    await gnt('gnt-node', 'modify', '-f', '-O', 'no', 'node2');
    expect(await instances()).toEqual(['running', 'ERROR_down', 'ADMIN_down']);
    const [first, second, third] = await bootIds();
    expect([first === third, first === second]).toEqual([true, false]);
    await gnt('ganeti-watcher');
    expect(await instances()).toEqual(['running', 'running', 'ADMIN_down']);
    expect(await gnt('gnt-cluster', 'verify')).not.toMatch(/ERROR|WARNING/);
  });

  step('cycle: it has new daemons, and its instance is gone', async () => {
    const before = await noded(node2);
    expect(await power('cycle', 'node2')).toBe(`${node2} invoked`);
    expect(await noded(node2)).toMatch(/^\d+\n$/);
    expect(await noded(node2)).not.toBe(before);
    expect(await states()).toEqual(['running', 'running', 'running']);
    expect(await instances()).toEqual(['running', 'ERROR_down', 'ADMIN_down']);
    await gnt('gnt-instance', 'startup', 'instance2');
  });

  step('powercycle restarts only the virtual node, not the machine or the container', async () => {
    const before = { machine: await machine(), noded: [await noded(node1), await noded(node3)] };
    const old = await noded(node2);
    await gnt('gnt-node', 'powercycle', '--yes', 'node2');
    const isNew = async () => /^\d+\n$/.test(await noded(node2)) && (await noded(node2)) !== old;
    await expect.poll(isNew, { timeout: 60_000, interval: 200 }).toBe(true);
    const answer = async () => (await nodes()).map(({ state, answers }) => `${state} ${String(answers)}`);
    await expect
      .poll(answer, { timeout: 50_000, interval: 200 })
      .toEqual(['running true', 'running true', 'running true']);
    expect(await instances()).toEqual(['running', 'ERROR_down', 'ADMIN_down']);
    expect({ machine: await machine(), noded: [await noded(node1), await noded(node3)] }).toEqual(before);
  });

  step('a stopped node keeps its power, and its instance keeps running', async () => {
    await gnt('gnt-instance', 'startup', 'instance2');
    await slice.run(['vcluster-slice', 'stop', 'node2']);
    expect(await power('status', 'node2')).toBe(`${node2} powered`);
    await slice.run(['vcluster-slice', 'start', 'node2']);
    expect(await instances()).toEqual(['running', 'running', 'ADMIN_down']);
  });

  step('epo powers a node off, and starts its instances when it is powered on', async () => {
    await gnt('gnt-cluster', 'epo', '-f', 'node2');
    expect(await states()).toEqual(['running', 'off', 'running']);
    // Ganeti's own `epo --on` does not power on, but off: see docs/power.md.
    await power('on', 'node2');
    await gnt('gnt-cluster', 'epo', '-f', '--on', 'node2');
    expect(await instances()).toEqual(['running', 'running', 'ADMIN_down']);
  });

  step('the master is refused, but can be powered off directly, and another node takes over', async () => {
    expect(await refused('gnt-node', 'power', '-f', 'off', 'node1')).toContain('master-failover');
    expect(await refused('gnt-node', 'power', '-f', 'cycle', 'node1')).toContain(
      `run '${oob} power-cycle ${node1}' if you want to`,
    );
    await slice.run([oob, 'power-off', node1]);
    expect(await states()).toEqual(['off', 'running', 'running']);
    await slice.gnt(node2, 'gnt-cluster', 'master-failover');
    // As `vcluster-box start --node` does.
    await slice.run(['vcluster-slice', 'start', 'node1']);
    expect((await nodes()).map(({ state, role }) => `${state} ${role}`)).toEqual([
      'running candidate',
      'running master',
      'running candidate',
    ]);
  });

  it('the out-of-band program refuses unknown commands and nodes', async () => {
    expect(await slice.run([oob, 'power-up', node2])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('there is no command power-up: power-on, ') as string,
    });
    expect(await slice.run([oob, 'power-off', 'node9'])).toMatchObject({
      status: 1,
      stderr: 'vcluster-slice: slice 1 has no node node9 in the Ganeti cluster\n',
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { growPlan } from '../../src/plan/grow.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { alive, health, list, node1, node2, node3, node4, status } from '../support/several-slices.ts';
import { changeNodes, currentPlan } from '../support/slice-nodes.ts';
import type { Slice } from '../support/slice.ts';
import { createSlices, type Slices } from '../support/slices.ts';

const overlay = { kind: 'vxlan', vni: 0x02_4d } as const;

/** One initial instance is on a node of the second slice. */
describe.skipIf(!dockerAvailable)('a cluster over two slices, with one node and with two', () => {
  let made: Slices;
  let one: Slice;
  let two: Slice;
  beforeAll(async () => {
    made = await createSlices({
      overlay,
      nodes: [1, 2],
      options: { secondarySubnet: '192.0.2.0/24', bridges: ['br100=203.0.113.0/24'] },
      cluster: (plan) => {
        const [first, ...others] = plan.instances;
        return { ...plan, instances: [{ ...first, node: node3 } as (typeof others)[number], ...others] };
      },
    });
    [one, two] = made.slices as [Slice, Slice];
    await Promise.all([one.start(), two.start()]);
  }, 300_000);
  afterAll(() => made[Symbol.asyncDispose]());

  it('has all nodes, and the instance that it begins with', async () => {
    expect(await list(one, node1, 'gnt-node list -o name,role')).toBe(`${node1} M\n${node2} C\n${node3} C\n`);
    expect(await list(one, node1, 'gnt-instance list -o name,pnode,status')).toBe(
      `instance1.example.com ${node3} running\n`,
    );
    const all = ['node1', 'node3', '192.0.2.1', '192.0.2.3', 'instance1'];
    for (const slice of [one, two]) expect(await alive(slice, ...all, 'instance2')).toEqual(all);
  });

  it('answers on either slice: commands that follow the master, inventory, health', async () => {
    const { stdout } = await two.run(['/srv/vcluster/node3.example.com/cmd', 'gnt-cluster', 'getmaster'], followMaster);
    expect(stdout).toBe(`${node1}\n`);
    const followed = await two.run([`/srv/vcluster/${node3}/cmd`, 'gnt-node', 'list', '--no-headers', '-o', 'name'], {
      ...followMaster,
    });
    expect(followed).toMatchObject({ status: 0, stdout: `${node1}\n${node2}\n${node3}\n`, stderr: '' });
    const [here, there] = await Promise.all([one, two].map(({ run }) => run(['vcluster-slice', 'inventory'])));
    expect(there).toEqual(here);
    expect(await health(one)).toEqual('the cluster answers');
    expect(await health(two)).toEqual('the cluster answers');
  });

  it('has `cmd` of all nodes on either slice, which hand on arguments, stdin and status', async () => {
    const script = 'cat; echo "$GANETI_HOSTNAME" "$@"; hostname; exit 7';
    const argv = [`/srv/vcluster/${node2}/cmd`, 'bash', '-c', script, 'x', 'a  b', '$HOME', "it's", ''];
    const [there, here] = await Promise.all(
      [one, two].map(({ run }) => run(['bash', '-c', 'echo in | "$@"', '-', ...argv])),
    );
    expect(there).toEqual(here);
    expect(there).toMatchObject({ status: 7, stderr: '' });
    expect(there?.stdout).toMatch(RegExp(`^in\n${node2} a  b \\$HOME it's \n.+\n$`));
    expect((await one.run([`/srv/vcluster/${node3}/cmd`, 'echo $GANETI_HOSTNAME && false'])).stdout).toBe(`${node3}\n`);
  });

  it('says on each slice how its own nodes are', async () => {
    const [here, there] = await Promise.all([status(one), status(two)]);
    expect(here).toMatchObject({ ready: true, rapi: true, cluster: { master: node1 }, nodes: [{ role: 'master' }] });
    const running = { state: 'running', role: 'candidate', answers: true };
    expect(there).toMatchObject({ ready: true, rapi: true, cluster: { master: node1 }, nodes: [running, running] });
  });

  it('has power over nodes of the other slice', async () => {
    const oob = (command: string) => one.run(['/usr/lib/vcluster-box/oob', command, node2]);
    expect(await oob('power-off')).toMatchObject({ status: 0 });
    expect(JSON.parse((await oob('power-status')).stdout)).toEqual({ powered: false });
    expect(await status(two)).toMatchObject({ nodes: [{ name: node2, state: 'off' }, {}] });
    for (const slice of [one, two]) expect(await alive(slice, node2, '192.0.2.2', node3)).toEqual([node3]);
    expect(await oob('power-on')).toMatchObject({ status: 0 });
    expect(await status(two)).toMatchObject({ nodes: [{ name: node2, state: 'running', answers: true }, {}] });
  });

  it('migrates an instance from slice to slice, and copies the disks of another', async () => {
    await one.gnt(node1, 'gnt-instance', 'migrate', '-f', '-n', node1, 'instance1');
    for (const slice of [one, two]) expect(await alive(slice, 'instance1')).toEqual(['instance1']);
    expect((await two.run(['ip', 'address', 'show', 'to', '198.18.128.1/32'])).stdout).toBe('');
    const add = ['gnt-instance', 'add', '-o', 'noop', '--no-name-check', '--no-ip-check', '-B', 'memory=128'];
    await one.gnt(node1, ...add, '-t', 'file', '--disk=0:size=4M', '-n', node1, 'instance2.example.com');
    await one.gnt(node1, 'gnt-instance', 'modify', '--net', '0:modify,ip=203.0.113.9', 'instance2.example.com');
    await one.run(['sh', '-c', `printf x | dd of=$(echo ${disk(node1)}) conv=notrunc`]);
    const { stdout: before } = await one.run(['sh', '-c', `md5sum <$(echo ${disk(node1)})`]);
    await one.gnt(node1, 'gnt-instance', 'move', '-f', '-n', node3, 'instance2');
    expect((await two.run(['sh', '-c', `md5sum <$(echo ${disk(node3)})`])).stdout).toBe(before);
    expect(await alive(one, 'instance2', '203.0.113.9')).toEqual(['203.0.113.9']);
    expect(await list(one, node1, 'gnt-instance list -o name,pnode')).toBe(
      `instance1.example.com ${node1}\ninstance2.example.com ${node3}\n`,
    );
  });

  it('has `stop-all` and its like on each slice for its own nodes', async () => {
    const all = (command: string) => two.run([`/srv/vcluster/${command}`]);
    const answering = async () => {
      const each = (await Promise.all([one, two].map(status))) as { nodes: { answers: boolean }[] }[];
      return each.map(({ nodes }) => nodes.map(({ answers }) => answers));
    };
    const pids = async () =>
      (await two.run(['sh', '-c', `cat ${pidFile(node2)} ${pidFile(node3)}`])).stdout.split('\n');
    expect((await all('stop-all')).status).toBe(0);
    expect(await answering()).toEqual([[true], [false, false]]);
    expect((await all('start-all')).status).toBe(0);
    expect(await answering()).toEqual([[true], [true, true]]);
    const before = await pids();
    expect((await all('restart-all')).status).toBe(0);
    expect((await pids()).filter((pid) => pid !== '' && before.includes(pid))).toEqual([]);
    expect(await answering()).toEqual([[true], [true, true]]);
    const { stdout } = await all('watcher-all');
    expect(stdout.match(/(?<=^Running watcher for virtual node )\S+/gm)).toEqual([node2, node3]);
  });

  it.each(['sharedfile', 'ext'])('keeps an instance in its slice if its disks are there: %s', async (template) => {
    const gnt = (line: string) => one.gnt(node1, ...`gnt-instance ${line} instance3.example.com`.split(' '));
    const where = () => list(one, node1, 'gnt-instance list -o pnode,status instance3');
    const add = 'add -o noop --no-name-check --no-ip-check -B memory=128 --disk=0:size=4M';
    await gnt(`${add}${template === 'ext' ? ',provider=filevolume' : ''} -n ${node2} -t ${template}`);
    await gnt(`migrate -f -n ${node3}`);
    await expect(gnt(`migrate -f -n ${node1}`)).rejects.toThrow('Cannot close instance disks on node node1');
    expect(await where()).toBe(`${node3} running\n`);
    await gnt('remove -f');
  });

  it('adds a node in the other slice, and removes it', async () => {
    const [addition] = growPlan(await currentPlan(one), 1, { slice: 2 });
    expect((await changeNodes(one, 'add-node', addition)).status).toBe(0);
    expect((await currentPlan(two)).nodes.map(({ names: [name] }) => name)).toEqual([node1, node2, node3, node4]);
    expect(await status(two)).toMatchObject({ nodes: [{}, {}, { name: node4, role: 'candidate', answers: true }] });
    expect(await alive(one, 'node4', '192.0.2.4')).toEqual(['node4', '192.0.2.4']);
    expect(await one.gnt(node1, 'gnt-cluster', 'verify')).not.toMatch(/ERROR|WARNING/);
    const departure = { node: node4, needs: (await currentPlan(two)).needs, moves: [] };
    expect((await changeNodes(one, 'remove-node', departure)).status).toBe(0);
    for (const slice of [one, two]) {
      expect((await currentPlan(slice)).nodes).toHaveLength(3);
      expect(await slice.run(['sh', '-c', `ls -d /srv/vcluster/${node4}; grep ${node4} /etc/hosts`])).toMatchObject({
        stdout: '',
      });
    }
  });

  it('adds a third slice while it runs, gives it a node, and removes both', async () => {
    const three = await made.oneMore();
    const planned = (await currentPlan(three)).slices.at(-1);
    const old = [two, one];
    for (const slice of old) expect((await changeNodes(slice, 'add-peer', planned)).events).toEqual([]);
    const another = { ...planned, engine: 'ENGINE4' };
    expect((await changeNodes(one, 'add-peer', another)).events).toMatchObject([
      { type: 'failed', message: 'slice 3 already exists on ssh://ops@host3, or is being created there' },
    ]);
    const boot = await three.start();
    expect(boot.find(({ type }) => type === 'overlay')?.['peers']).toMatchObject([{ slice: 1 }, { slice: 2 }]);
    expect(boot.filter(({ type }) => type === 'warning')).toEqual([]);
    for (const slice of old) expect((await changeNodes(slice, 'verify-peer', { number: 3 })).status).toBe(0);
    expect(await health(three)).toBe('the cluster answers');

    const [addition] = growPlan(await currentPlan(one), 1, { slice: 3 });
    expect(await changeNodes(one, 'add-node', addition)).toMatchObject({ status: 0 });
    expect(await status(three)).toMatchObject({ nodes: [{ name: node4, role: 'candidate', answers: true }] });
    await three.engine.stopContainer(three.container, 30);
    await three.start();
    expect(await status(three)).toMatchObject({
      rapi: true,
      nodes: [{ name: node4, role: 'candidate', answers: true }],
    });

    const gone = { number: 3, engine: 'ENGINE3' };
    expect((await changeNodes(one, 'remove-peer', gone)).events).toMatchObject([
      { message: 'slice 3 (ssh://ops@host3) has nodes' },
    ]);
    const departure = { node: node4, needs: (await currentPlan(three)).needs, moves: [] };
    expect((await changeNodes(one, 'remove-node', departure)).status).toBe(0);
    const led = async ({ run }: Slice) =>
      (await run(['sh', '-c', 'bridge fdb show dev vc0 | grep -c dst'])).stdout.trim();
    expect(await Promise.all(old.map(led))).toEqual(['4', '4']);
    for (const slice of old) expect((await changeNodes(slice, 'remove-peer', gone)).status).toBe(0);
    expect(await Promise.all(old.map(led))).toEqual(['2', '2']);
    for (const slice of old) expect((await currentPlan(slice)).slices).toHaveLength(2);
    await killSlice(three);
  }, 120_000);
});

const followMaster = { env: { VCLUSTER_BOX_FOLLOW_MASTER: '1' } };
const pidFile = (node: string) => `/srv/vcluster/${node}/var/run/ganeti/ganeti-noded.pid`;
const disk = (node: string) => `/srv/vcluster/${node}/srv/ganeti/file-storage/instance2.example.com/*`;

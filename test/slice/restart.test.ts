import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownToGaneti } from '../../src/cluster/current-plan.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { currentPlan } from '../support/slice-nodes.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { story } from '../support/story.ts';

describe.skipIf(!dockerAvailable)('a slice that is stopped and started', () => {
  const step = story();
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice();
    const add = ['gnt-instance', 'add', '-o', 'noop', '--no-name-check', '--no-ip-check', '-B', 'memory=128'];
    await slice.gnt(node1, ...add, '-t', 'diskless', '-n', 'node2.example.com', 'instance1.example.com');
    await slice.gnt(
      node1,
      ...add,
      '-t',
      'file',
      '--disk=0:size=8M',
      '-n',
      'node3.example.com',
      'instance2.example.com',
    );
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  it('has running instances, one of them with a disk', async () => {
    expect((await clusterState(node1)).instances).toBe(
      'instance1.example.com running node2.example.com\ninstance2.example.com running node3.example.com\n',
    );
  });

  step('stops without killing anything, and restarts unchanged', async () => {
    const before = await clusterState(node1);
    await slice.engine.stopContainer(slice.container, 30);
    expect((await slice.engine.inspectContainer(slice.container))?.exitCode).toBe(0);
    const last = (await slice.log()).at(-1);
    expect(last).toMatchObject({ type: 'stopped' });
    expect(last).not.toHaveProperty('killed');
    await slice.start();
    expect(await clusterState(node1)).toEqual(before);
  });

  step('stopped the master’s daemons before those of the nodes', async () => {
    const leading = await Promise.all([shutdown(node1, 'luxi'), shutdown(node1, 'wconf')]);
    const others = [node1, 'node2.example.com', 'node3.example.com'].flatMap((node) => [
      shutdown(node, 'conf'),
      shutdown(node, 'monitoring'),
    ]);
    expect([...leading, ...(await Promise.all(others)).toSorted()].toSorted().slice(0, 2)).toEqual(leading.toSorted());
  });

  step('did not recreate its cluster', async () => {
    const skipped = (await slice.log()).filter(({ type }) => type === 'step-skipped').map(({ step }) => step);
    expect(skipped).toEqual(['instances', 'directories', 'init', 'join', 'instances']);
  });

  it('restarts unchanged after it was killed, but for a job that died with it', async () => {
    await slice.gnt(node1, 'gnt-debug', 'delay', '--submit', '--no-master', '600');
    await expect.poll(async () => (await clusterState(node1)).jobs, { timeout: 20_000 }).toContain('running');
    const before = await clusterState(node1);
    await killSlice(slice);
    await slice.start();
    expect(await clusterState(node1)).toEqual({ ...before, jobs: before.jobs.replace('running', 'error  ') });
  });

  step('keeps its new master after a failover', async () => {
    await slice.gnt('node2.example.com', 'gnt-cluster', 'master-failover');
    const before = await clusterState('node2.example.com');
    await slice.engine.stopContainer(slice.container, 30);
    await slice.start();
    expect(await clusterState('node2.example.com')).toEqual(before);
    expect(before.master).toBe('node2.example.com\n');
  });

  step('accepts jobs then', async () => {
    await slice.gnt('node2.example.com', 'gnt-instance', 'reboot', 'instance2.example.com');
    const { stdout } = await slice.run(['vcluster-slice', 'status']);
    expect(JSON.parse(stdout)).toMatchObject({ ready: true, cluster: { master: 'node2.example.com' }, rapi: true });
  });

  step('follows gnt-cluster rename, and starts without the memory and disk that creating it needs', async () => {
    await slice.gnt('node2.example.com', 'gnt-cluster', 'rename', '-f', 'instance90.example.com');
    const renamed = { name: 'instance90.example.com', address: '198.18.128.90', master: 'node2.example.com' };
    const plan = await currentPlan(slice);
    const content = JSON.stringify({ ...plan, needs: { ...plan.needs, diskMiB: 10 ** 12, memoryMiB: 10 ** 9 } });
    await slice.engine.writeFiles(slice.container, [{ path: slicePaths.plan, content, mode: 0o644 }]);
    const hosts = async () => (await slice.run(['grep', '-c', '^198.18.128.90', '/etc/hosts'])).stdout;
    await expect.poll(hosts, { timeout: 30_000, interval: 500 }).toBe('2\n');
    for (const restarted of [false, true]) {
      if (restarted) {
        await slice.engine.stopContainer(slice.container, 30);
        const message = 'The cluster instance90.example.com is ready.';
        expect((await slice.start()).at(-1)).toMatchObject({ type: 'ready', message });
      }
      const { stdout } = await slice.run(['vcluster-slice', 'status']);
      expect(JSON.parse(stdout)).toMatchObject({ ready: true, cluster: renamed, rapi: true });
      expect((await slice.run(['vcluster-slice', 'healthy'])).stdout).toBe('the cluster answers\n');
    }
    const { cluster, master } = await knownToGaneti(slice.engine, { slices: [{ name: slice.container }] }, plan);
    expect({ name: cluster.names[0], address: cluster.address, master }).toEqual(renamed);
  });

  step('restarts with its old master offline, which does not know that it is no longer a candidate', async () => {
    await slice.gnt('node2.example.com', 'gnt-node', 'modify', '--offline=yes', 'node1');
    await slice.engine.stopContainer(slice.container, 30);
    await slice.start();
    const { nodes } = JSON.parse((await slice.run(['vcluster-slice', 'status'])).stdout) as {
      readonly nodes: readonly { readonly role: string; readonly answers: boolean }[];
    };
    expect(nodes.map(({ role }) => role)).toEqual(['offline', 'master', 'candidate']);
    expect(nodes.map(({ answers }) => answers)).toEqual([true, true, true]);
  });

  async function clusterState(master: string) {
    const read = async (line: string) => (await slice.run([`/srv/vcluster/${master}/cmd`, line])).stdout;
    return {
      serials: await read(`grep -oE '"serial_no": ?[0-9]+' $GANETI_ROOTDIR/var/lib/ganeti/config.data`),
      jobs: await read('gnt-job list --no-headers -o id,status,summary'),
      instances: (await read('gnt-instance list --no-headers -o name,status,pnode')).replace(/ +/g, ' '),
      nodes: await read('gnt-node list --no-headers -o name,role,pinst_cnt'),
      master: await read('gnt-cluster getmaster'),
      address: await read('ip -o address show to 198.18.0.1 | tr -s " " | cut -d" " -f2,4'),
    };
  }

  /** When a daemon of the start before the last one wrote its last line. */
  async function shutdown(node: string, daemon: string): Promise<string> {
    const log = `/srv/vcluster/${node}/var/log/ganeti/${daemon}-daemon.log`;
    const { stdout } = await slice.run(['sh', '-c', `grep 'daemon shutdown' ${log} | tail -n 1 | cut -c1-29`]);
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+/);
    return stdout;
  }
});

const node1 = 'node1.example.com';

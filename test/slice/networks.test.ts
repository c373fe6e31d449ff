import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../src/config/parse-cluster-spec.ts';
import { growPlan } from '../../src/plan/grow.ts';
import { planCluster } from '../../src/plan/plan-cluster.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { changeNodes, currentPlan } from '../support/slice-nodes.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { story } from '../support/story.ts';

const [node1, node2, node3] = ['node1.example.com', 'node2.example.com', 'node3.example.com'] as const;
const options = {
  nodes: 3,
  instanceNames: ['web1', 'web2', 'db1', 'db2', 'db3'],
  secondarySubnet: '192.0.2.0/24',
  bridges: ['br100=203.0.113.0/24', 'br200'],
};

describe.skipIf(!dockerAvailable)('the networks of a cluster', () => {
  const step = story();
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ plan: () => planCluster(parseClusterSpec(options, 'test').spec) });
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  /** Each line is one command on the master. */
  const gnt = async (lines: string) => {
    let printed = '';
    for (const line of lines.trim().split(/\s*\n\s*/)) printed = await slice.gnt(node1, ...line.split(' '));
    return printed;
  };
  const refused = async (line: string) => {
    const { status, stdout, stderr } = await slice.run([`/srv/vcluster/${node1}/cmd`, ...line.split(' ')]);
    expect(status).not.toBe(0);
    return stdout + stderr;
  };
  /** Which of these answer ping. */
  const alive = async (...names: string[]) => {
    const { stdout } = await slice.run([`/srv/vcluster/${node2}/cmd`, 'fping', '-a', '-r', '0', ...names]);
    return stdout.split('\n').filter((name) => name !== '');
  };
  const deviceOf = async (address: string) => {
    const { stdout } = await slice.run(['ip', '-json', 'address', 'show', 'to', `${address}/32`]);
    return (JSON.parse(stdout) as { readonly ifname?: string }[]).flatMap(({ ifname }) => ifname ?? []);
  };
  const secondaries = async () => (await gnt('gnt-node list --no-headers -o sip')).trim().split('\n');
  const all = ['web1', 'web2', 'db1', '192.0.2.1', '192.0.2.2', '192.0.2.3', 'node3'];

  step('give names to instances, which answer ping while they run, with an address or without', async () => {
    expect(await secondaries()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    expect(await alive('web1', 'web2')).toEqual([]);
    await gnt(`gnt-instance add -t diskless -o noop -n node2 --net 0:ip=auto web1
      gnt-instance add -t diskless -o noop -n node3 web2
      gnt-instance add -t diskless -o noop -n node1 --no-nics db2`);
    expect(await alive('web1', 'web2', 'db1', 'db2')).toEqual(['web1', 'web2']);
    expect(await alive('198.18.128.1')).toEqual(['198.18.128.1']);
    expect(await deviceOf('198.18.128.1')).toEqual(['xen-br0']);
  });

  step('keep an instance reachable that moves, and no other', async () => {
    await gnt(`gnt-instance migrate -f -n node1 web1
      gnt-instance failover -f -n node1 web2`);
    expect(await alive('web1', 'web2')).toEqual(['web1', 'web2']);
    await gnt('gnt-instance shutdown web2');
    expect(await alive('web1', 'web2')).toEqual(['web1']);
    await gnt(`gnt-instance rename web2 db3
      gnt-instance startup db3`);
    expect(await alive('web2', 'db3')).toEqual(['db3']);
    await slice.run(['vcluster-slice', 'instance', 'crash', 'db3']);
    expect(await alive('web1', 'db3')).toEqual(['web1']);
    await gnt(`gnt-instance remove -f db3
      gnt-instance add -t diskless -o noop -n node3 web2`);
    expect(await alive('web1', 'web2', 'db3')).toEqual(['web1', 'web2']);
  });

  step('keep an address while one of two instances with it runs, and those of nodes for the nodes', async () => {
    const nics = ['198.18.128.1', '198.18.128.5', '198.18.1.3', '192.0.2.3', '10.20.30.40'];
    const nets = nics.map((ip, index) => `--net ${index}:ip=${ip}`).join(' ');
    await gnt(`gnt-instance add -t diskless -o noop -n node1 ${nets} db1
      gnt-instance shutdown web1`);
    expect(await alive(...nics)).toEqual(nics.slice(0, 4));
    expect(await Promise.all(nics.map(deviceOf))).toEqual([['xen-br0'], ['xen-br0'], ['lo'], ['lo'], []]);
    const taken = await refused('gnt-instance add -t diskless -o noop -n node1 db3');
    expect(taken).toContain('IP 198.18.128.5 of instance db3.example.com already in use');
    await gnt(`gnt-instance remove -f db1
      gnt-instance startup web1`);
    expect(await alive('web1', ...nics.slice(1))).toEqual(['web1', '198.18.1.3', '192.0.2.3']);
  });

  step('have bridges that instances can be connected to, by address pools, bridged and routed', async () => {
    await gnt(`gnt-network add --network=203.0.113.0/24 --gateway=203.0.113.1 test
      gnt-network connect --nic-parameters=mode=bridged,link=br100 test
      gnt-network add --network=198.51.100.0/24 far
      gnt-network connect --nic-parameters=mode=routed,link=rt200 far
      gnt-instance add -t diskless -o noop -n node1 --no-start db1
      gnt-instance modify --net -1:add,ip=pool,network=test --net -1:add,ip=pool,network=far --net -1:add,link=br200 db1
      gnt-instance startup db1`);
    expect(await alive('203.0.113.2', '203.0.113.3')).toEqual(['203.0.113.2']);
    expect(await deviceOf('203.0.113.2')).toEqual(['br100']);
  });

  step('refuse ssh to an instance, which would end in the slice', async () => {
    const { status, stdout, stderr } = await slice.run(['ssh', '-o', 'LogLevel=ERROR', 'web1.example.com', 'hostname']);
    expect({ status, stdout }).toEqual({ status: 255, stdout: '' });
    expect(stderr).toBe('web1.example.com is a simulated instance: it answers ping, and nothing runs in it.\n');
  });

  step('lose the addresses of a node without power, and of its instances, until it has power again', async () => {
    await gnt('gnt-node power -f off node3');
    expect(await alive('node3', 'node3.example.com', '198.18.1.3', '192.0.2.3', 'web2')).toEqual([]);
    expect(await alive(...all)).toEqual(['web1', '192.0.2.1', '192.0.2.2']);
    await killSlice(slice);
    await slice.start();
    expect(await alive('node3', '192.0.2.3', 'web2', 'web1', '203.0.113.2')).toEqual(['web1', '203.0.113.2']);
    await gnt(`gnt-node power on node3
      gnt-node modify -f -O no node3
      gnt-instance startup web2`);
    expect(await alive(...all)).toEqual(all.filter((name) => name !== 'db1'));
    await slice.run(['vcluster-slice', 'stop', 'node3']);
    expect(await alive('node3', 'web2')).toEqual(['node3', 'web2']);
    await slice.run(['vcluster-slice', 'start', 'node3']);
  });

  step('become those of a single-homed cluster and back, by the commands of Ganeti’s guide', async () => {
    expect(await refused('gnt-node modify -s 192.0.2.9 node1')).toContain("doesn't have the secondary ip");
    for (const [index, node] of [node1, node2, node3].entries())
      await gnt(`gnt-node modify ${index === 0 ? '--force ' : ''}-s 198.18.1.${index + 1} ${node}`);
    expect(await secondaries()).toEqual(['198.18.1.1', '198.18.1.2', '198.18.1.3']);
    for (const [index, node] of [node1, node2, node3].entries())
      await gnt(`gnt-node modify ${index === 0 ? '--force ' : ''}-s 192.0.2.${index + 1} ${node}`);
    expect(await secondaries()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    expect(await gnt('gnt-cluster verify')).not.toMatch(/ERROR|WARNING/);
  });

  step('include a node that is added, and not one that is removed', async () => {
    const [addition] = growPlan(await currentPlan(slice), 1);
    const added = await changeNodes(slice, 'add-node', addition);
    expect(added).toMatchObject({ status: 0 });
    expect(await alive('node4', '192.0.2.4')).toEqual(['node4', '192.0.2.4']);
    expect((await secondaries()).at(-1)).toBe('192.0.2.4');
    await changeNodes(slice, 'remove-node', { node: 'node4.example.com', moves: [], needs: null });
    expect(await alive('198.18.1.4', '192.0.2.4')).toEqual([]);
  });

  it('have the bridges at every start', async () => {
    const { stdout } = await slice.run(['ls', '/sys/class/net']);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['br100', 'br200', 'xen-br0']));
  });
});

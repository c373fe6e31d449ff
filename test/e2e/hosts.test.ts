import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { vcluster } from '../support/cli.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { addInstance, complaintsOf, isWell } from '../support/e2e-instance.ts';
import {
  allOn,
  askRapiAt,
  clientOf,
  clusterOn,
  hostsSkipped,
  leadingOn,
  nothingOn,
  startE2eHosts,
  whySkipped,
} from '../support/hosts/e2e-hosts.ts';
import type { Host } from '../support/hosts/host.ts';
import type { Hosts } from '../support/hosts/hosts.ts';
import { runInSlice } from '../support/hosts/throughput.ts';
import { mirrorOf } from '../support/e2e-mirror.ts';
import { story } from '../support/story.ts';

const name = testCluster('hosts');
const patience = 240_000;

/** Two nodes on each of three hosts: node1 and node2 on alpha, and so on. */
describe.skipIf(hostsSkipped)(`a cluster on three hosts over ssh${whySkipped}`, () => {
  const step = story();
  let hosts: Hosts;
  let run: typeof vcluster;
  let made: Awaited<ReturnType<typeof vcluster>>;

  const host = (index: number): Host => {
    const found = hosts.all[index];
    if (found === undefined) throw new Error(`there is no host ${index}`);
    return found;
  };
  /** @returns what the command prints */
  const onNode = async (node: string, ...argv: readonly string[]) => {
    const ran = await run(['exec', node, ...argv]);
    expect(ran).toExitWith(0);
    return ran.stdout;
  };
  const masters = () =>
    Promise.all(
      hosts.all.map(async (each, index) => {
        const { master } = (await askRapiAt(each, name, index + 1, '/2/info')) as { readonly master: string };
        return master;
      }),
    );

  beforeAll(async () => {
    // The last host has no image: `up` copies it.
    hosts = await startE2eHosts(3, { bare: 1 });
    run = clusterOn(hosts, name).run;
    const endpoints = hosts.all.flatMap(({ ssh }) => ['--host', ssh]);
    made = await clientOf(hosts)(['up', name, '-n', '6', ...endpoints]);
  }, 900_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });

  it('is created by one command, with a slice on each host', async () => {
    expect(made).toExitWith(0);
    expect((await Promise.all(hosts.all.map(allOn))).map(({ containers }) => containers)).toEqual(
      [1, 2, 3].map((number) => [`vcluster-box-${name}-${number}`]),
    );
    const list = await onNode('node1', 'gnt-node', 'list', '--no-headers', '--separator= ', '-o', 'name,pip,role');
    expect(list.split('\n')).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => `node${n}.example.com 198.18.1.${n} ${n === 1 ? 'M' : 'C'}`),
    );
  });

  it('has healthy nodes, and Ganeti finds no errors', async () => {
    expect(await isWell({ run })).toBe(true);
    expect(await complaintsOf({ run })).toEqual([]);
  });

  it('is found without --host, also by a client that has only one of its hosts', async () => {
    expect((await clientOf(hosts)(['ls'])).stdout).toMatch(new RegExp(`^${name} +running +6 `, 'm'));
    const elsewhere = await mkdtemp(join(tmpdir(), 'vcluster-box-'));
    const stranger = { env: { DOCKER_HOST: host(2).ssh, XDG_STATE_HOME: elsewhere } };
    expect(await run(['status'], stranger)).toExitWith(0);
    expect((await run(['exec', 'node1', 'hostname'], stranger)).exitCode).toBe(0);
    await rm(elsewhere, { recursive: true });
  });

  it('runs commands on nodes of every host, and Ganeti’s commands on the master', async () => {
    expect(await onNode('node6', 'sh', '-c', 'echo $GANETI_HOSTNAME')).toBe('node6.example.com');
    expect(await onNode('node6', 'gnt-node', 'list', '--no-headers', '-o', 'name', 'node1')).toBe('node1.example.com');
    expect((await run(['exec', 'node3', 'sh', '-c', 'exit 42'])).exitCode).toBe(42);
  });

  it('copies files to nodes of every host and back, and shows their logs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-'));
    await writeFile(join(folder, 'there'), 'over the hosts\n');
    expect(await run(['cp', join(folder, 'there'), 'node5:/root/file'])).toExitWith(0);
    expect(await onNode('node5', 'cat', '/root/file')).toBe('over the hosts');
    expect(await run(['cp', 'node5:/root/file', join(folder, 'back')])).toExitWith(0);
    expect(await readFile(join(folder, 'back'), 'utf8')).toBe('over the hosts\n');
    await rm(folder, { recursive: true });
    const logs = await run(['logs', 'node6', 'noded']);
    expect(logs).toExitWith(0);
    expect(logs.stdout).toMatch(/noded/);
  });

  it(
    'moves instances across hosts',
    async () => {
      await addInstance({ run }, 'instance1.example.com', 'node1');
      await onNode('node1', 'gnt-instance', 'migrate', '-f', '-n', 'node5', 'instance1');
      const common = '-s 16M -o noop --no-name-check --no-ip-check --no-nics -B memory=64 --no-start';
      await onNode('node1', ...`gnt-instance add -t file ${common} -n node3 instance2.example.com`.split(' '));
      await onNode('node1', 'gnt-instance', 'move', '-f', '-n', 'node2', 'instance2.example.com');
      const list = ['gnt-instance', 'list', '--no-headers', '--separator= ', '-o', 'name,pnode,status'];
      expect((await onNode('node1', ...list)).split('\n')).toEqual([
        'instance1.example.com node5.example.com running',
        'instance2.example.com node2.example.com ADMIN_down',
      ]);
    },
    patience,
  );

  step(
    'can have its master on any host, and RAPI answers at the port of each, before and after',
    async () => {
      expect(await masters()).toEqual(Array(3).fill('node1.example.com'));
      expect(await run(['master-failover', 'node3'])).toExitWith(0);
      await expect.poll(masters, { timeout: 60_000 }).toEqual(Array(3).fill('node3.example.com'));
    },
    patience,
  );

  step(
    'keeps working without the host of its master, which returns with ordinary nodes; mirrored disks keep their data',
    async () => {
      const mirror = mirrorOf({ run }, 'node4', 'node6');
      await mirror.add();
      await host(1).kill();
      const down = await run(['status']);
      expect(down.exitCode).not.toBe(0);
      expect(`${down.stdout}${down.stderr}`).toContain(host(1).ssh);
      expect(await run(['master-failover', 'node5'])).toExitWith(0);
      expect(await onNode('node5', 'gnt-cluster', 'getmaster')).toBe('node5.example.com');
      await mirror.failOver();

      await host(1).start();
      await expect.poll(() => isWell({ run }), { timeout: 120_000, interval: 3000 }).toBe(true);
      expect(await onNode('node3', 'gnt-cluster', 'getmaster')).toBe('node5.example.com');
      await mirror.repair();
      expect(await complaintsOf({ run })).toEqual([]);
      await mirror.remove();
    },
    2 * patience,
  );

  step(
    'is healthy again when disconnected hosts are back, and one of two masters has stepped down',
    async () => {
      // node5 on gamma leads. alpha has neither a majority nor, without beta, more votes than gamma.
      const [alpha, beta, gamma] = [host(0), host(1), host(2)];
      await Promise.all([beta.cutOff(), gamma.cutOff()]);
      const refused = await run(['master-failover', 'node1']);
      expect(refused).toExitWith(125);
      expect(refused.stderr).toContain('2 of 6 nodes answer, but node1.example.com needs 4 to become the master');
      expect(await run(['master-failover', 'node1', '--no-voting'])).toExitWith(0);
      await addInstance({ run }, 'instance3.example.com', 'node2');
      await onNode('node1', 'gnt-cluster', 'add-tags', 'acknowledged');
      // The old master accepts jobs, too, and when it reaches the others, it writes its name into their files.
      const tagByOld = (tag: string) =>
        runInSlice(name, gamma, ['/srv/vcluster/node5.example.com/cmd', 'gnt-cluster', 'add-tags', tag]);
      await tagByOld('lost');
      const leading = () => Promise.all([alpha, gamma].map((each) => leadingOn(name, each)));
      expect(await leading()).toEqual(['node1.example.com', 'node5.example.com']);

      await gamma.heal();
      // It can step down meanwhile.
      await tagByOld('late').catch(() => undefined);
      await expect.poll(leading, { timeout: 120_000, interval: 1000 }).toEqual(['node1.example.com', null]);
      const status = async () => (await run(['status'])).stdout;
      await expect.poll(status, { timeout: 120_000, interval: 1000 }).toMatch(/^node1\.example\.com +master /m);
      expect(await status()).toMatch(/degraded[^]*ssh:\/\/beta +down /);
      await beta.heal();
      await expect.poll(() => isWell({ run }), { timeout: 120_000, interval: 3000 }).toBe(true);
      expect(await masters()).toEqual(Array(3).fill('node1.example.com'));
      expect(await onNode('node1', 'gnt-cluster', 'list-tags')).toBe('acknowledged');
      const list = ['gnt-instance', 'list', '--no-headers', '--separator= ', '-o', 'pnode,status'];
      expect(await onNode('node1', ...list, 'instance3')).toBe('node2.example.com running');
      expect(await complaintsOf({ run })).toEqual([]);
    },
    2 * patience,
  );

  step('stops and starts as a whole', async () => {
    expect(await run(['stop'])).toExitWith(0);
    const infos = await Promise.all(hosts.all.map(({ docker }) => docker.listContainers()));
    expect(infos.flat()).toEqual([]);
    expect(await run(['start'])).toExitWith(0);
    expect(await isWell({ run })).toBe(true);
    expect(await masters()).toEqual(Array(3).fill('node1.example.com'));
  });

  it('leaves nothing behind on any host', async () => {
    expect(await run(['down', name])).toExitWith(0);
    expect(await Promise.all(hosts.all.map(allOn))).toEqual(Array(3).fill(nothingOn));
  });
});

import { afterAll, beforeAll, describe, expect } from 'vitest';
import { testCluster } from '../support/e2e-clusters.ts';
import { docker } from '../support/e2e-docker.ts';
import { addInstance, complaintsOf, isWell } from '../support/e2e-instance.ts';
import { succeed } from '../support/e2e-succeed.ts';
import {
  allOn,
  clientOf,
  clusterOn,
  hostsSkipped,
  nothingOn,
  startE2eHosts,
  whySkipped,
} from '../support/hosts/e2e-hosts.ts';
import type { Hosts } from '../support/hosts/hosts.ts';
import { copyImage } from '../support/private-engine.ts';
import { story } from '../support/story.ts';

const name = testCluster('newer');
const [instance, copy, light] = ['instance1.example.com', 'instance2.example.com', 'instance3.example.com'];

/** node1 and node2 are on the first host, node3 and node4 on the second. */
describe.skipIf(hostsSkipped)(`Ganeti 3.1 on two hosts${whySkipped}`, () => {
  const step = story();
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startE2eHosts(2);
    const image = (await succeed(['image', 'build', '--ganeti', '3.1'])).stdout.trim();
    const [first] = hosts.all;
    if (first !== undefined) await copyImage(await docker(), first.docker, image);
  }, 900_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });

  const cluster: Parameters<typeof isWell>[0] = { run: (args, options) => clusterOn(hosts, name).run(args, options) };
  const onNode = async (...argv: readonly string[]) => {
    const { exitCode, stderr, stdout } = await cluster.run(['exec', 'node1', ...argv]);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: status ${exitCode ?? 'none'}\n${stderr}`);
    return stdout;
  };
  const place = (of: string) =>
    onNode('gnt-instance', 'list', '--no-headers', '--separator= ', '-o', 'pnode,status', of);

  step('is created with an image that only the first host had', async () => {
    const endpoints = hosts.all.flatMap(({ ssh }) => ['--host', ssh]);
    const made = await clientOf(hosts)(['up', name, '-n', '4', '--ganeti', '3.1', ...endpoints]);
    expect(made).toExitWith(0);
    expect(await onNode('gnt-cluster', '--version')).toContain('(ganeti 3.1');
    expect(await complaintsOf(cluster)).toEqual([]);
  });

  step('exports an instance with its disk to a node of the other host, and imports it there', async () => {
    const options = ['-o', 'dummy', '-t', 'file', '--os-size', '16M', '--no-name-check', '--no-ip-check'];
    await onNode('gnt-instance', 'add', ...options, '-B', 'memory=128', '-n', 'node1', instance);
    await onNode('gnt-backup', 'export', '--long-sleep', '-n', 'node3', instance);
    const from = ['--src-node', 'node3', '--src-dir', instance, '--net', '0:mac=generate'];
    const name = ['--no-name-check', '--no-ip-check'];
    await onNode('gnt-backup', 'import', ...from, ...name, '-t', 'file', '-n', 'node4', copy);
    expect(await place(copy)).toMatch(/^node4\.example\.com /);
    await onNode('gnt-instance', 'move', '-f', '-n', 'node2', copy);
    expect(await place(copy)).toMatch(/^node2\.example\.com /);
  });

  step('restarts a node of the other host by gnt-node powercycle', async () => {
    await addInstance(cluster, light, 'node4');
    expect(await place(light)).toBe('node4.example.com running');
    await onNode('gnt-node', 'powercycle', '--yes', 'node4');
    // Powercycles take effect seconds after the job has ended.
    await expect.poll(() => place(light), { timeout: 60_000 }).toBe('node4.example.com ERROR_down');
    await expect.poll(() => isWell(cluster), { timeout: 60_000 }).toBe(true);
    await onNode('gnt-instance', 'startup', light);
    expect(await complaintsOf(cluster)).toEqual([]);
  });

  step('has a master on the other host after a failover', async () => {
    expect(await cluster.run(['master-failover', 'node3'])).toExitWith(0);
    expect(await complaintsOf(cluster)).toEqual([]);
  });

  step('leaves nothing behind', async () => {
    expect(await clientOf(hosts)(['down', name])).toExitWith(0);
    expect(await Promise.all(hosts.all.map(allOn))).toEqual([nothingOn, nothingOn]);
  });
});

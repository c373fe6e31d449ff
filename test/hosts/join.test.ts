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
  nothingOn,
  startE2eHosts,
  whySkipped,
} from '../support/hosts/e2e-hosts.ts';
import type { Host } from '../support/hosts/host.ts';
import type { Hosts } from '../support/hosts/hosts.ts';
import { makeSwarm } from '../support/hosts/swarm.ts';
import { definitionFiles } from '../support/os-definition.ts';
import { story } from '../support/story.ts';

const name = testCluster('joined');
const patience = 300_000;

/** Two nodes on each of two hosts; the third host has no image, and is not part of the cluster at first. */
describe.skipIf(hostsSkipped)(`a host that joins a cluster on two others${whySkipped}`, () => {
  const step = story();
  let hosts: Hosts;
  let run: typeof vcluster;
  let alpha: Host;
  let beta: Host;
  let gamma: Host;

  beforeAll(async () => {
    hosts = await startE2eHosts(3, { bare: 1 });
    [alpha, beta, gamma] = hosts.all as [Host, Host, Host];
    run = clusterOn(hosts, name).run;
    await using definition = await definitionFiles();
    const endpoints = [alpha, beta].flatMap(({ ssh }) => ['--host', ssh]);
    const made = await clientOf(hosts)(['up', name, '-n', '4', '--os', definition.path, ...endpoints]);
    expect(made).toExitWith(0);
  }, 900_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });

  const onNode = async (...argv: readonly string[]) => {
    const ran = await run(['exec', 'node1', ...argv], { timeout: patience });
    expect(ran).toExitWith(0);
    return ran.stdout;
  };

  it(
    'is unchanged if a firewall blocks it, and so is the cluster',
    async () => {
      const rule = ['PREROUTING', '-i', 'eth0', '-p', 'udp', '--dport', '4790', '-j', 'DROP'];
      await gamma.run('iptables', '-t', 'raw', '-A', ...rule);
      const { exitCode, stderr } = await run(['node', 'add', '--host', gamma.ssh], { timeout: patience });
      await gamma.run('iptables', '-t', 'raw', '-D', ...rule);
      expect({ exitCode, stderr }).toExitWith(125);
      expect(stderr).toMatch(/slice [12] \(ssh:\/\/\w+\)/);
      expect(await allOn(gamma)).toEqual(nothingOn);
      expect(await isWell({ run })).toBe(true);
      const { stdout } = await run(['status', '--json']);
      expect(stdout).not.toContain(gamma.ssh);
    },
    patience,
  );

  step(
    'gets the image, a slice and nodes, and Ganeti finds no errors',
    async () => {
      const added = await run(['node', 'add', '-n', '2', '--host', gamma.ssh], { timeout: patience });
      expect(added).toExitWith(0);
      expect(await allOn(gamma)).toMatchObject({ containers: [`vcluster-box-${name}-3`] });
      expect(await isWell({ run })).toBe(true);
      expect(await complaintsOf({ run })).toEqual([]);
    },
    patience,
  );

  step(
    'accepts instances, and RAPI answers there',
    async () => {
      await addInstance({ run }, 'instance1.example.com', 'node1');
      await onNode('gnt-instance', 'migrate', '-f', '-n', 'node6', 'instance1');
      expect(await onNode('gnt-instance', 'list', '--no-headers', '--separator= ', '-o', 'pnode,status')).toBe(
        'node6.example.com running',
      );
      expect(await askRapiAt(gamma, name, 3, '/2/info')).toMatchObject({ master: 'node1.example.com' });
    },
    patience,
  );

  step(
    'stays in the cluster after restarts of its slice and of all slices',
    async () => {
      await gamma.docker.getContainer(`vcluster-box-${name}-3`).restart();
      await expect.poll(() => isWell({ run }), { timeout: 60_000, interval: 500 }).toBe(true);
      expect(await run(['stop'], { timeout: patience })).toExitWith(0);
      expect(await run(['start'], { timeout: patience })).toExitWith(0);
      expect(await isWell({ run })).toBe(true);
      expect(await complaintsOf({ run })).toEqual([]);
    },
    patience,
  );

  step('is as empty as the others when the cluster is removed', async () => {
    expect(await run(['down', name])).toExitWith(0);
    expect(await Promise.all(hosts.all.map(allOn))).toEqual(Array(3).fill(nothingOn));
  });

  step(
    'joins a cluster on an overlay network, in a swarm',
    async () => {
      await makeSwarm(hosts);
      const endpoints = [alpha, beta].flatMap(({ ssh }) => ['--host', ssh]);
      const up = ['up', name, '-n', '2', '--underlay', 'swarm', ...endpoints];
      expect(await clientOf(hosts)(up, { timeout: patience })).toExitWith(0);
      const added = await run(['node', 'add', '--host', gamma.ssh], { timeout: patience });
      expect(added).toExitWith(0);
      expect(await complaintsOf({ run })).toEqual([]);
      await gamma.docker.getContainer(`vcluster-box-${name}-3`).restart();
      await expect.poll(() => isWell({ run }), { timeout: 60_000, interval: 500 }).toBe(true);
      expect(await run(['down', name])).toExitWith(0);
      // Members of a swarm list a network for a moment after its removal.
      await expect.poll(() => Promise.all(hosts.all.map(allOn)), { timeout: 10_000 }).toEqual(Array(3).fill(nothingOn));
    },
    patience,
  );
});

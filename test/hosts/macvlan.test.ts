import { afterAll, beforeAll, describe, expect } from 'vitest';
import { containerName } from '../../src/plan/names.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { addInstance, complaintsOf } from '../support/e2e-instance.ts';
import {
  allOn,
  clientOf,
  clusterOn,
  hostsSkipped,
  nothingOn,
  startE2eHosts,
  whySkipped,
} from '../support/hosts/e2e-hosts.ts';
import type { Host } from '../support/hosts/host.ts';
import type { Hosts } from '../support/hosts/hosts.ts';
import { runInSlice } from '../support/hosts/throughput.ts';
import { story } from '../support/story.ts';

const name = testCluster('macvlan');
const network = 'lan';

describe.skipIf(hostsSkipped)(`a cluster on a macvlan network of two hosts${whySkipped}`, () => {
  const step = story();
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startE2eHosts(2);
    await Promise.all(hosts.all.map(makeNetwork));
  }, 600_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });

  step('is created without a VXLAN, over sockets, with hosts that have no address on it', async () => {
    const endpoints = hosts.all.flatMap(({ unix }) => ['--host', unix]);
    const made = await clientOf(hosts)(['up', name, '-n', '4', '--network', network, ...endpoints]);
    expect(made).toExitWith(0);
    const inspected = hosts.all.map(({ docker, number }) => docker.getContainer(containerName(name, number)).inspect());
    for (const { NetworkSettings } of await Promise.all(inspected)) {
      expect(Object.keys(NetworkSettings.Networks)).toEqual([network]);
      expect(NetworkSettings.Ports).toEqual({});
    }
    const [alpha] = hosts.all as [Host];
    expect(await runInSlice(name, alpha, ['ip', '-o', 'link'])).not.toContain('vc0');
  });

  step('moves an instance and its master between hosts, and RAPI answers at every slice', async () => {
    const cluster = clusterOn(hosts, name);
    const onNode = async (...argv: readonly string[]) => {
      const ran = await cluster.run(['exec', 'node1', ...argv]);
      expect(ran).toExitWith(0);
      return ran.stdout;
    };
    expect(await complaintsOf(cluster)).toEqual([]);
    await addInstance(cluster, 'instance1.example.com', 'node1');
    await onNode('gnt-instance', 'migrate', '-f', '-n', 'node3', 'instance1');
    expect(await onNode('gnt-instance', 'list', '--no-headers', '--separator= ', '-o', 'pnode,status')).toBe(
      'node3.example.com running',
    );
    expect(await cluster.run(['master-failover', 'node3'])).toExitWith(0);
    expect(await complaintsOf(cluster)).toEqual([]);
    for (const host of hosts.all) expect(await masterByRapi(host)).toBe('node3.example.com');
  });

  step('leaves only the network, which belongs to the user', async () => {
    expect(await clientOf(hosts)(['down', name])).toExitWith(0);
    expect(await Promise.all(hosts.all.map(allOn))).toEqual(Array(2).fill({ ...nothingOn, networks: [network] }));
  });
});

/** One network for all hosts, each of which gives its containers addresses from its own range. */
async function makeNetwork({ docker, number }: Host): Promise<void> {
  await docker.createNetwork({
    Name: network,
    Driver: 'macvlan',
    Options: { parent: 'eth0' },
    IPAM: { Driver: 'default', Config: [{ Subnet: '203.0.113.0/24', IPRange: `203.0.113.${number * 64}/26` }] },
  });
}

/** From the slice itself: engines publish no ports there. */
async function masterByRapi(host: Host): Promise<string> {
  const said = await runInSlice(name, host, ['python3', '-c', askRapi]);
  return (JSON.parse(said) as { readonly master: string }).master;
}

const askRapi = `
import base64, socket, ssl, urllib.request
password = open("/var/lib/vcluster-box/rapi-password").read().strip()
login = {"Authorization": "Basic " + base64.b64encode(f"rapi:{password}".encode()).decode()}
own = socket.gethostbyname(socket.gethostname())
request = urllib.request.Request(f"https://{own}:5081/2/info", headers=login)
print(urllib.request.urlopen(request, timeout=20, context=ssl._create_unverified_context()).read().decode())`;

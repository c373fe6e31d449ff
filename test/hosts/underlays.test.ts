import { stdout } from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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
import { throughput } from '../support/hosts/throughput.ts';

const name = testCluster('twelve');
const patience = 600_000;

/** The checks that apply to every kind of network between the hosts. */
describe.skipIf(hostsSkipped)(`twelve nodes on three hosts${whySkipped}`, () => {
  let hosts: Hosts;
  let client: typeof vcluster;
  let run: typeof vcluster;

  beforeAll(async () => {
    hosts = await startE2eHosts(3);
    client = clientOf(hosts);
    run = clusterOn(hosts, name).run;
  }, 900_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    await client(['down', name]);
    // Members of a swarm list a network for a moment after its removal.
    await expect.poll(() => Promise.all(hosts.all.map(allOn)), { timeout: 10_000 }).toEqual(Array(3).fill(nothingOn));
  });

  const onNode = async (...argv: readonly string[]) => {
    const ran = await run(['exec', 'node1', ...argv], { timeout: patience });
    expect(ran).toExitWith(0);
    return ran.stdout;
  };
  const masters = () =>
    Promise.all(
      hosts.all.map(async (host) => {
        const { master } = (await askRapiAt(host, name, host.number, '/2/info')) as { readonly master: string };
        return master;
      }),
    );

  /** Checks all features of a cluster on several hosts once; prints how long they took. */
  const works = async (how: string, endpoint: (host: Host) => string, ...options: readonly string[]) => {
    const startedAt = performance.now();
    const made = await client(
      ['up', name, '-n', '12', ...options, ...hosts.all.flatMap((host) => ['--host', endpoint(host)])],
      {
        timeout: patience,
      },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    expect(made).toExitWith(0);
    expect(await isWell({ run })).toBe(true);
    expect(await complaintsOf({ run })).toEqual([]);
    await addInstance({ run }, 'instance1.example.com', 'node1');
    await onNode('gnt-instance', 'migrate', '-f', '-n', 'node9', 'instance1');
    expect(await onNode('gnt-instance', 'list', '--no-headers', '--separator= ', '-o', 'pnode,status')).toBe(
      'node9.example.com running',
    );
    expect(await masters()).toEqual(Array(3).fill('node1.example.com'));
    // Ganeti has ten master candidates: the last two nodes are not among them.
    expect(await run(['master-failover', 'node9'], { timeout: patience })).toExitWith(0);
    await expect.poll(masters, { timeout: 60_000 }).toEqual(Array(3).fill('node9.example.com'));
    expect(await complaintsOf({ run })).toEqual([]);
    const [alpha, beta] = hosts.all as [Host, Host];
    const speed = await throughput(name, alpha, beta);
    stdout.write(`${how}: up in ${seconds.toFixed(1)} s, ${speed.toFixed(0)} MB/s between slices\n`);
  };

  it('work over ssh, on a VXLAN', () => works('ssh, VXLAN', ({ ssh }) => ssh), patience);

  it(
    'work over sockets, on a VXLAN between given addresses',
    () => works('sockets, VXLAN', ({ unix, address }) => `${unix},advertise=${address}`, '--underlay', 'vxlan'),
    patience,
  );

  describe('in a swarm', () => {
    beforeAll(() => makeSwarm(hosts));

    it('work over ssh, on an overlay that up creates', () => works('ssh, overlay', ({ ssh }) => ssh), patience);

    it(
      'work over ssh, on an existing overlay, which stays',
      async () => {
        const network = await hosts.all[0]?.docker.createNetwork({ Name: 'ours', Driver: 'overlay', Attachable: true });
        await works('ssh, named overlay', ({ ssh }) => ssh, '--network', 'ours');
        await client(['down', name]);
        await network?.remove(); // existing resources belong to the user
      },
      patience,
    );
  });
});

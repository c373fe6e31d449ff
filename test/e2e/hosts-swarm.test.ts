import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkInspectInfo } from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../src/plan/names.ts';
import type { vcluster } from '../support/cli.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { complaintsOf } from '../support/e2e-instance.ts';
import { startCli } from '../support/e2e-start.ts';
import { allOn, clientOf, hostsSkipped, nothingOn, startE2eHosts, whySkipped } from '../support/hosts/e2e-hosts.ts';
import type { Host } from '../support/hosts/host.ts';
import type { Hosts } from '../support/hosts/hosts.ts';
import { makeSwarm } from '../support/hosts/swarm.ts';
import { runInSlice } from '../support/hosts/throughput.ts';
import { story } from '../support/story.ts';

const name = testCluster('swarm');

/** The third host is not part of the cluster at first. */
describe.skipIf(hostsSkipped)(`a cluster on hosts in a swarm${whySkipped}`, () => {
  const step = story();
  let hosts: Hosts;
  let alpha: Host;
  let gamma: Host;
  let client: typeof vcluster;
  let config: string;

  const environment = () => ({
    ...hosts.client.env,
    DOCKER_CONFIG: config,
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: hosts.tls ?? '',
  });
  beforeAll(async () => {
    hosts = await startE2eHosts(3, { tls: true });
    [alpha, , gamma] = hosts.all as [Host, Host, Host];
    await makeSwarm(hosts);
    config = await contextsFor(hosts);
    client = (args, options) => clientOf(hosts)(args, { ...options, env: { ...environment(), ...options?.env } });
  }, 600_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
    await rm(config, { recursive: true, force: true });
  });

  const run: typeof vcluster = (args, options) => client(['-c', name, ...args], options);
  const upWith = (...options: readonly string[]) => {
    const endpoints = ['alpha', hosts.all[1]?.tcp ?? ''];
    return ['up', name, '-n', '2', ...options, ...endpoints.flatMap((endpoint) => ['--host', endpoint])];
  };
  const up = (...options: readonly string[]) => client(upWith(...options));
  const slices = () =>
    Promise.all(
      hosts.all.slice(0, 2).map(({ docker, number }) => docker.getContainer(containerName(name, number)).inspect()),
    );
  // Members of a swarm list a network for a moment after its removal.
  const nothingLeft = () =>
    expect.poll(() => Promise.all(hosts.all.map(allOn)), { timeout: 10_000 }).toEqual(Array(3).fill(nothingOn));

  step('works over TLS with a docker context and with certificates, on a network of the swarm', async () => {
    expect(await up()).toExitWith(0);
    const [slice] = await slices();
    expect(Object.keys(slice?.NetworkSettings.Networks ?? {})).toEqual([`vcluster-box-${name}`]);
    expect(Object.keys(slice?.NetworkSettings.Ports ?? {}).filter((port) => port.endsWith('/udp'))).toEqual([]);
    expect(await complaintsOf({ run })).toEqual([]);
  });

  step('is reached at a TCP endpoint with certificates, and not without, which is reported', async () => {
    // It knows no cluster yet, and would otherwise ask their other hosts.
    const stranger = { DOCKER_HOST: hosts.all[1]?.tcp ?? '', XDG_STATE_HOME: config };
    const refused = await client(['ls'], { env: { ...stranger, DOCKER_TLS_VERIFY: '', DOCKER_CERT_PATH: '' } });
    expect(refused).toExitWith(125);
    expect(refused.stderr).toMatch(/the engine requires TLS[^]*DOCKER_CERT_PATH/);
    expect((await client(['ls'], { env: stranger })).stdout).toMatch(new RegExp(`^${name} +running +2 `, 'm'));
  });

  step('gets a further host over ssh, with a node', async () => {
    expect(await run(['node', 'add', '--host', gamma.ssh])).toExitWith(0);
    expect(await allOn(gamma)).toMatchObject({ containers: [`vcluster-box-${name}-3`] });
    expect(await complaintsOf({ run })).toEqual([]);
  });

  step('leaves nothing behind, and the swarm unchanged', async () => {
    expect(await client(['down', name])).toExitWith(0);
    await nothingLeft();
    const { Swarm } = (await hosts.all[1]?.docker.info()) as { Swarm: { LocalNodeState: string } };
    expect(Swarm.LocalNodeState).toBe('active');
  });

  it('has the engines encrypt that network with --encrypted, and removes it when interrupted', async () => {
    const { program, until } = startCli(upWith('--encrypted'), { ...hosts.client, env: environment() });
    // A kernel without ESP carries no packets on it.
    await until(' ... Connecting the hosts');
    const made: NetworkInspectInfo = await alpha.docker.getNetwork(`vcluster-box-${name}`).inspect();
    program.kill('SIGINT');
    expect([made.Driver, Object.keys(made.Options ?? {})]).toEqual(['overlay', expect.arrayContaining(['encrypted'])]);
    expect(await program).toExitWith(130);
    await nothingLeft();
  });

  it.each(['overlay', 'macvlan'] as const)('works on a network that exists, and leaves it: %s', async (driver) => {
    await using network = await networkOf(hosts, driver);
    expect(await up('--network', network.name)).toExitWith(0);
    for (const { NetworkSettings } of await slices()) {
      expect(Object.keys(NetworkSettings.Networks)).toContain(network.name);
    }
    const links = await runInSlice(name, alpha, ['ip', '-o', 'link']);
    expect(links.includes('vc0')).toBe(driver === 'overlay');
    expect(await complaintsOf({ run })).toEqual([]);
    expect(await client(['down', name])).toExitWith(0);
    expect(await alpha.docker.getNetwork(network.name).inspect()).toMatchObject({ Driver: driver });
  });
});

/** A folder like `~/.docker`, with a context named after each host. */
async function contextsFor({ all, tls }: Hosts): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-contexts-'));
  for (const { name: context, tcp } of all) {
    const id = createHash('sha256').update(context).digest('hex');
    const meta = join(folder, 'contexts', 'meta', id);
    const certificates = join(folder, 'contexts', 'tls', id, 'docker');
    await mkdir(meta, { recursive: true });
    await mkdir(certificates, { recursive: true });
    await writeFile(
      join(meta, 'meta.json'),
      JSON.stringify({ Name: context, Endpoints: { docker: { Host: tcp, SkipTLSVerify: false } } }),
    );
    for (const file of ['ca.pem', 'cert.pem', 'key.pem']) await cp(join(tls ?? '', file), join(certificates, file));
  }
  return folder;
}

/** A network that the user has created: one of the swarm, or one on each host. */
async function networkOf({ all }: Hosts, driver: 'overlay' | 'macvlan') {
  const name = `own-${driver}`;
  const [first] = all as [Host];
  const range = (number: number) => ({ Subnet: '203.0.113.0/24', IPRange: `203.0.113.${number * 64}/26` });
  const made = await (driver === 'overlay'
    ? Promise.all([first.docker.createNetwork({ Name: name, Driver: driver, Attachable: true })])
    : Promise.all(
        all.map(({ docker, number }) =>
          docker.createNetwork({
            Name: name,
            Driver: driver,
            Options: { parent: 'eth0' },
            IPAM: { Driver: 'default', Config: [range(number)] },
          }),
        ),
      ));
  return {
    name,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(made.map((network) => network.remove() as Promise<unknown>));
    },
  };
}

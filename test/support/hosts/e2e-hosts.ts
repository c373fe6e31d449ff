import { inject } from 'vitest';
import { containerName } from '../../../src/plan/names.ts';
import { vcluster } from '../cli.ts';
import { dockerAvailable, nothingSkipped, testEngine } from '../docker-available.ts';
import type { SharedCluster } from '../e2e-shared.ts';
import { succeed } from '../e2e-succeed.ts';
import type { Host } from './host.ts';
import { type Hosts, type HostsSettings, startHosts, whyNoHosts } from './hosts.ts';
import { runInSlice } from './throughput.ts';

/** Why tests on several hosts are skipped, in brackets; empty if they run. */
const missing = dockerAvailable ? whyNoHosts() : 'no engine';
export const hostsSkipped = missing !== undefined && !(dockerAvailable && nothingSkipped);
export const whySkipped = missing === undefined ? '' : ` (${missing})`;

/** Hosts with the slice image that all tests use. */
export async function startE2eHosts(count: number, settings: Pick<HostsSettings, 'bare' | 'tls'> = {}): Promise<Hosts> {
  const { stdout: image } = await succeed(['image', 'build']);
  const engine = await testEngine();
  return startHosts(count, { engine, image: image.trim(), store: inject('hostStore'), ...settings });
}

/** Runs `vcluster-box ...` on the client of those hosts. */
export function clientOf({ client }: Hosts): typeof vcluster {
  return (args, options) =>
    vcluster(args, { timeout: 300_000, ...options, ...client, env: { ...client.env, ...options?.env } });
}

/** Runs `vcluster-box -c NAME ...` on the client of those hosts. */
export function clusterOn(hosts: Hosts, name: string): Pick<SharedCluster, 'run'> {
  const run = clientOf(hosts);
  return { run: (args, options) => run(['-c', name, ...args], options) };
}

/** All resources on a host except images, whoever created them. */
export async function allOn({ docker }: Host): Promise<{ containers: string[]; networks: string[]; volumes: number }> {
  const containers = await docker.listContainers({ all: true });
  const networks = await docker.listNetworks();
  const own = new Set(['bridge', 'host', 'none', 'docker_gwbridge', 'ingress']);
  const { Volumes } = await docker.listVolumes();
  return {
    containers: containers.map(({ Names }) => Names[0]?.slice(1) ?? '').toSorted(),
    networks: networks.map(({ Name }) => Name).filter((name) => !own.has(name)),
    volumes: Volumes.length,
  };
}

export const nothingOn = { containers: [], networks: [], volumes: 0 };

/** The address of RAPI's relay in each slice. */
const relayPort = 5081;

/** Sends a request to RAPI on the published port of a host, from that host. */
export async function askRapiAt(host: Host, cluster: string, slice: number, path: string): Promise<unknown> {
  const container = host.docker.getContainer(containerName(cluster, slice));
  const { NetworkSettings } = await container.inspect();
  const [published] = NetworkSettings.Ports[`${relayPort}/tcp`] ?? [];
  const password = await runInSlice(cluster, host, ['cat', '/var/lib/vcluster-box/rapi-password']);
  const url = `https://${published?.HostIp ?? ''}:${published?.HostPort ?? ''}${path}`;
  const options = ['--silent', '--show-error', '--insecure', '--max-time', '20', '--user', `rapi:${password.trim()}`];
  return JSON.parse(await host.run('curl', ...options, url));
}

/** Full name of the node on a host whose master daemons run; also while the host is disconnected. */
export async function leadingOn(cluster: string, host: Host): Promise<string | null> {
  const votes = await runInSlice(cluster, host, ['vcluster-slice', 'votes']);
  return (JSON.parse(votes) as { readonly leading: string | null }).leading;
}

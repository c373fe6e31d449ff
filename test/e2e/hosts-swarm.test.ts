import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../src/plan/names.ts';
import type { vcluster } from '../support/cli.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { complaintsOf } from '../support/e2e-instance.ts';
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
import { makeSwarm } from '../support/hosts/swarm.ts';

const name = testCluster('swarm');

describe.skipIf(hostsSkipped)(`a cluster on two hosts in a swarm${whySkipped}`, () => {
  let hosts: Hosts;
  let client: typeof vcluster;
  let config: string;

  beforeAll(async () => {
    hosts = await startE2eHosts(2, { tls: true });
    await makeSwarm(hosts);
    config = await contextsFor(hosts);
    const run = clientOf(hosts);
    client = (args, options) => run(args, { ...options, env: { DOCKER_CONFIG: config, ...options?.env } });
  }, 600_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
    await rm(config, { recursive: true, force: true });
  });

  it('works over TLS with docker contexts, on a network of the swarm', async () => {
    const made = await client(['up', name, '-n', '2', '--host', 'alpha', '--host', 'beta']);
    expect(made).toExitWith(0);
    const [slice] = await Promise.all(
      hosts.all.map(({ docker, number }) => docker.getContainer(containerName(name, number)).inspect()),
    );
    expect(Object.keys(slice?.NetworkSettings.Networks ?? {})).toEqual([`vcluster-box-${name}`]);
    expect(Object.keys(slice?.NetworkSettings.Ports ?? {}).filter((port) => port.endsWith('/udp'))).toEqual([]);
    const { run } = clusterOn(hosts, name);
    const asClient: typeof vcluster = (args, options) =>
      run(args, { ...options, env: { DOCKER_CONFIG: config, ...options?.env } });
    expect(await complaintsOf({ run: asClient })).toEqual([]);
  });

  it('leaves nothing behind, and the swarm unchanged', async () => {
    expect(await client(['down', name])).toExitWith(0);
    // Members of a swarm list a network for a moment after its removal.
    await expect.poll(() => Promise.all(hosts.all.map(allOn)), { timeout: 10_000 }).toEqual([nothingOn, nothingOn]);
    const { Swarm } = (await hosts.all[1]?.docker.info()) as { Swarm: { LocalNodeState: string } };
    expect(Swarm.LocalNodeState).toBe('active');
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

import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { vcluster } from '../support/cli.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { complaintsOf } from '../support/e2e-instance.ts';
import { allOn, clientOf, hostsSkipped, nothingOn, startE2eHosts, whySkipped } from '../support/hosts/e2e-hosts.ts';
import type { Hosts } from '../support/hosts/hosts.ts';
import { story } from '../support/story.ts';

const name = testCluster('tls');

describe.skipIf(hostsSkipped)(`a cluster on two hosts behind TLS${whySkipped}`, () => {
  const step = story();
  let hosts: Hosts;
  let client: typeof vcluster;
  beforeAll(async () => {
    hosts = await startE2eHosts(2, { tls: true });
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: hosts.tls ?? '' };
    client = (args, options) => clientOf(hosts)(args, { ...options, env: { ...env, ...options?.env } });
  }, 600_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });

  step(
    'is created with certificates for all of them, with the endpoints’ own addresses between the slices',
    async () => {
      const endpoints = hosts.all.flatMap(({ tcp }) => ['--host', tcp]);
      expect(await client(['up', name, '-n', '2', ...endpoints])).toExitWith(0);
      const run: typeof vcluster = (args, options) => client(['-c', name, ...args], options);
      expect(await complaintsOf({ run })).toEqual([]);
    },
  );

  step('cannot be reached without certificates, and reports that', async () => {
    const ran = await clientOf(hosts)(['-c', name, 'status']);
    expect(ran).toExitWith(125);
    const { stderr } = ran;
    expect(stderr).toMatch(/the engine requires TLS.*\nhint: .*DOCKER_CERT_PATH/);
  });

  step('leaves nothing behind', async () => {
    expect(await client(['down', name])).toExitWith(0);
    expect(await Promise.all(hosts.all.map(allOn))).toEqual([nothingOn, nothingOn]);
  });
});

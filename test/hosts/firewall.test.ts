import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testCluster } from '../support/e2e-clusters.ts';
import { allOn, clientOf, hostsSkipped, nothingOn, startE2eHosts, whySkipped } from '../support/hosts/e2e-hosts.ts';
import type { Host } from '../support/hosts/host.ts';
import type { Hosts } from '../support/hosts/hosts.ts';

const name = testCluster('walled');
const port = 24_790;

describe.skipIf(hostsSkipped)(`up on hosts with a firewall between them${whySkipped}`, () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startE2eHosts(2);
  }, 600_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });

  it('names the pair, the direction and the port where a firewall drops packets', async () => {
    const [alpha, beta] = hosts.all as [Host, Host];
    const rule = ['PREROUTING', '-i', 'eth0', '-p', 'udp', '--dport', `${port}`, '-j', 'DROP'];
    await beta.run('iptables', '-t', 'raw', '-A', ...rule);
    const endpoints = [alpha, beta].flatMap(({ ssh }) => ['--host', `${ssh},port=${port}`]);
    const startedAt = performance.now();
    const { exitCode, stderr } = await clientOf(hosts)(['up', name, '-n', '2', ...endpoints]);
    // A single slice would wait two minutes for one that starts later.
    expect(performance.now() - startedAt).toBeLessThan(90_000);
    await beta.run('iptables', '-t', 'raw', '-D', ...rule);
    expect({ exitCode, stderr }).toExitWith(125);
    expect(stderr).toMatch(/^error: .*packets from slice 1 \(ssh:\/\/alpha\) to slice 2 \(ssh:\/\/beta\) are lost/m);
    expect(stderr).toContain(`UDP ${beta.address}:${port}`);
    expect(stderr).toMatch(/^hint: .*firewall/m);
    expect(await Promise.all(hosts.all.map(allOn))).toEqual([nothingOn, nothingOn]);
  });
});

import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../src/plan/names.ts';
import type { vcluster } from '../support/cli.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { proxyTo } from '../support/e2e-proxy.ts';
import { startCli } from '../support/e2e-start.ts';
import { allOn, clientOf, hostsSkipped, nothingOn, startE2eHosts, whySkipped } from '../support/hosts/e2e-hosts.ts';
import type { Host } from '../support/hosts/host.ts';
import type { Hosts } from '../support/hosts/hosts.ts';

const name = testCluster('unlucky');
const upOn = (endpoints: readonly string[]) => [
  ...['up', name, '-n', '2'],
  ...endpoints.flatMap((endpoint) => ['--host', endpoint]),
];

describe.skipIf(hostsSkipped)(`up on several hosts${whySkipped}`, () => {
  let hosts: Hosts;
  let client: typeof vcluster;
  let alpha: Host;
  let beta: Host;

  beforeAll(async () => {
    hosts = await startE2eHosts(2);
    client = clientOf(hosts);
    [alpha, beta] = hosts.all as [Host, Host];
  }, 600_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });
  // Whatever failed: nothing is left that can be removed.
  afterEach(async () => {
    expect(await Promise.all(hosts.all.map(allOn))).toEqual([nothingOn, nothingOn]);
  });

  const up = (...endpoints: readonly string[]) => client(upOn(endpoints));
  const startUp = (more = '', ...options: readonly string[]) =>
    startCli([...upOn([alpha, beta].map(({ ssh }) => `${ssh}${more}`)), ...options], hosts.client);

  it('names a host that cannot be reached', async () => {
    const { exitCode, stderr } = await up(alpha.ssh, 'ssh://omega.invalid');
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/^error: .*ssh:\/\/omega\.invalid .*Could not resolve hostname/m);
  });

  it('refuses one engine under two names', async () => {
    const { exitCode, stderr } = await up(alpha.ssh, `${alpha.unix},advertise=${alpha.address}`);
    expect(exitCode).toBe(125);
    expect(stderr).toContain(`${alpha.ssh} and ${alpha.unix} lead to the same engine`);
  });

  it('refuses clocks that differ by more than Ganeti tolerates', async () => {
    await using proxy = await proxyTo(beta.unix.slice('unix://'.length), { alter: anHourAhead });
    const { exitCode, stderr } = await up(alpha.ssh, `${proxy.endpoint},advertise=${beta.address}`);
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(
      new RegExp(`^error: the clock of ${proxy.endpoint} is 3[56]\\d\\d s ahead of that of ${alpha.ssh}`, 'm'),
    );
    expect(stderr).toMatch(/^hint: .*NTP/m);
  });

  it('refuses machines of different architectures', async () => {
    const alter = (answer: string) => answer.replace('"Architecture":"x86_64"', '"Architecture":"armv7l"');
    await using proxy = await proxyTo(beta.unix.slice('unix://'.length), { alter });
    const { exitCode, stderr } = await up(alpha.ssh, `${proxy.endpoint},advertise=${beta.address}`);
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/^error: .*architectures/m);
    expect(stderr).toMatch(/armv7l/);
  });

  it('names the pair, the direction and the port in 30 seconds where a firewall drops packets', async () => {
    const port = 24_790;
    const rule = ['PREROUTING', '-i', 'eth0', '-p', 'udp', '--dport', `${port}`, '-j', 'DROP'];
    await beta.run('iptables', '-t', 'raw', '-A', ...rule);
    const { program, until } = startUp(`,port=${port}`);
    await until(' ... Connecting the hosts');
    const allStartedAt = performance.now();
    await until('FAIL Connecting the hosts');
    // A single slice would wait two minutes for one that starts later.
    expect(performance.now() - allStartedAt).toBeLessThan(30_000);
    const ran = await program;
    await beta.run('iptables', '-t', 'raw', '-D', ...rule);
    expect(ran).toExitWith(125);
    const { stderr } = ran;
    expect(stderr).toMatch(/^error: .*packets from slice 1 \(ssh:\/\/alpha\) to slice 2 \(ssh:\/\/beta\) are lost/m);
    expect(stderr).toContain(`UDP ${beta.address}:${port}`);
    expect(stderr).toMatch(/^hint: .*firewall/m);
  });

  it('keeps the slices, stopped, and the log of each, if it fails with --keep', async () => {
    const { program, until } = startUp('', '--keep');
    await until('Initialising the cluster');
    // The first slice cannot create the cluster.
    await alpha.docker.getContainer(containerName(name, 1)).kill();
    const ran = await program;
    expect(ran).toExitWith(125);
    for (const [number, host] of [alpha, beta].entries()) {
      const slice = containerName(name, number + 1);
      expect((await allOn(host)).containers, ran.stderr).toEqual([slice]);
      expect((await host.docker.getContainer(slice).inspect()).State.Running).toBe(false);
      const [, file = ''] = RegExp(`^The log of slice ${number + 1} is in (\\S+)$`, 'm').exec(ran.stderr) ?? [];
      expect(await readFile(file, 'utf8')).toContain('"text": "slice ');
    }
    expect(await client(['down', name])).toExitWith(0);
  });

  it('leaves nothing on any host when it is interrupted, and keeps the log of each slice', async () => {
    const { program, until } = startUp();
    await until('Initialising the cluster');
    program.kill('SIGINT');
    const ran = await program;
    expect(ran).toExitWith(130);
    const { stderr } = ran;
    expect(stderr).toMatch(/^error: interrupted; what this run had created was removed$/m);
    for (const number of [1, 2]) {
      const [, file = ''] = RegExp(`^The log of slice ${number} is in (\\S+)$`, 'm').exec(stderr) ?? [];
      expect(await readFile(file, 'utf8')).toContain(`"text": "slice ${3 - number}: `);
    }
  });

  it('leaves nothing on the other host when one dies half-way, and names the dead host', async () => {
    const { program, until } = startUp();
    await until('Initialising the cluster');
    await beta.kill();
    const ran = await program;
    expect(ran).toExitWith(125);
    const { stderr } = ran;
    expect(stderr).toMatch(/^error: .*ssh:\/\/beta/m);
    expect(await allOn(alpha), stderr).toEqual(nothingOn);
    // What is left on the dead host is removed when it is back.
    await beta.start();
    expect(await client(['down', name], { env: { DOCKER_HOST: beta.ssh } })).toExitWith(0);
  });
});

/** A replacement of the engine's clock in `/info`, of the same length. */
function anHourAhead(answer: string): string {
  return answer.replace(/(?<="SystemTime":")[^".]+/, (time) =>
    new Date(Date.parse(`${time}Z`) + 3_600_000).toISOString().slice(0, time.length),
  );
}

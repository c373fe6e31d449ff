import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FakeEngine } from '../../support/fake-engine.ts';
import { fakeHosts } from '../../support/fake-hosts.ts';
import { fakeInfo, fakeNetwork } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const state = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
afterAll(() => rm(state, { recursive: true }));

type Hosts = Readonly<Record<string, FakeEngine>>;

const up = (hosts: Hosts, ...args: readonly string[]) => {
  const flags = Object.keys(hosts).flatMap((endpoint) => ['--host', endpoint]);
  return runCli(['up', 'lab', ...flags, ...args], { engine: null, hosts, env: { XDG_STATE_HOME: state } });
};
const all = (hosts: Hosts) => Object.values(hosts);

describe('up on several hosts makes nothing', () => {
  const refused = async (hosts: Hosts, ...args: readonly string[]) => {
    const { status, stderr } = await up(hosts, ...args);
    expect(all(hosts).flatMap(({ calls }) => calls.filter(({ method }) => method.startsWith('create')))).toEqual([]);
    return { status, stderr };
  };

  it('when hosts cannot be reached, all of which it names', async () => {
    const hosts = await fakeHosts(1);
    const { status, stderr } = await runCli(
      ['up', 'lab', '--host', 'ssh://ops@192.0.2.1', '--host', 'lost', '--host', 'gone'],
      { engine: null, hosts, env: { XDG_STATE_HOME: state } },
    );
    expect(status).toBe(125);
    expect(stderr).toMatch(/error: 2 hosts cannot be reached: .*\n.*the host lost cannot.*\n.*the host gone cannot/);
    expect(all(hosts)[0]?.state.containers).toEqual([]);
  });

  it('when two lead to one engine', async () => {
    const hosts = await fakeHosts(2, () => ({ info: fakeInfo }));
    expect((await refused(hosts)).stderr).toContain('ssh://ops@192.0.2.1 and ssh://ops@192.0.2.2 lead to one engine');
  });

  it('when their clocks are further apart than Ganeti bears; and warns where they differ', async () => {
    const ahead = (ms: number) =>
      fakeHosts(2, (number) => ({
        info: { ...fakeInfo, id: `${number}`, systemTime: fakeInfo.systemTime + (number === 2 ? ms : 0) },
      }));
    const { status, stderr } = await refused(await ahead(200_000));
    expect(status).toBe(125);
    expect(stderr).toContain('the clock of ssh://ops@192.0.2.2 is 200 s ahead of that of ssh://ops@192.0.2.1');
    const warned = await up(await ahead(30_000));
    expect(warned).toMatchObject({ status: 0 });
    expect(warned.stderr).toContain('is 30 s ahead of');
  });

  it('when one is of another architecture, or has too little memory', async () => {
    const strange = await fakeHosts(2, (number) => ({
      info: { ...fakeInfo, id: `${number}`, architecture: number === 1 ? 'x86_64' : 'aarch64' },
    }));
    expect((await refused(strange)).stderr).toContain('ssh://ops@192.0.2.2: aarch64');
    const small = await fakeHosts(2, (number) => ({
      info: { ...fakeInfo, id: `${number}`, memory: number === 1 ? fakeInfo.memory : 2 ** 27 },
    }));
    expect((await refused(small)).stderr).toContain(
      'error: host ssh://ops@192.0.2.2: 1 node needs about 180 MiB of memory, and the engine fake has 128 MiB',
    );
  });

  it('when it is not known how the others reach one', async () => {
    const { 'ssh://ops@192.0.2.1': lab, 'ssh://ops@192.0.2.2': other } = await fakeHosts(2);
    if (lab === undefined || other === undefined) return;
    const { status, stderr } = await refused({ lab, 'unix:///run/other.sock': other });
    expect(status).toBe(2);
    expect(stderr).toContain('it is not known by which address the other hosts reach lab, unix:///run/other.sock');
    expect(stderr).toContain('hint: say it: --host lab,advertise=IP');
  });

  it.each([
    [['--underlay', 'swarm'], 'not in one swarm that a network can be made in: not in a swarm: ssh://ops@192.0.2.1'],
    [['--encrypted'], 'nothing is encrypted where the engines are in no swarm together'],
    [['--network', 'none-such'], 'there is no network none-such on ssh://ops@192.0.2.1, ssh://ops@192.0.2.2'],
    [['--network', 'own'], 'the network own of ssh://ops@192.0.2.1 reaches no other host: it is a bridge'],
    [['--subnet', '192.0.0.0/22'], 'the address 192.0.2.1 of ssh://ops@192.0.2.1 is in the cluster'],
    [['--subnet', '10.0.0.0/24'], 'the subnet 10.0.0.0/24 has room for 0 hosts, not for 2'],
    [['--publish', 'node9:22'], 'there is no node node9'],
  ])('for %j', async (args, message) => {
    const hosts = await fakeHosts(2, () => ({ networks: [fakeNetwork({ name: 'own' })] }));
    expect((await refused(hosts, ...args)).stderr).toContain(message);
  });
});

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

describe('up on several hosts creates nothing', () => {
  const refused = async (hosts: Hosts, ...args: readonly string[]) => {
    const { status, stderr } = await up(hosts, ...args);
    expect(all(hosts).flatMap(({ calls }) => calls.filter(({ method }) => method.startsWith('create')))).toEqual([]);
    return { status, stderr };
  };

  it('when hosts cannot be reached, and names all of them', async () => {
    const hosts = await fakeHosts(1);
    const { status, stderr } = await runCli(
      ['up', 'lab', '--host', 'ssh://ops@192.0.2.1', '--host', 'lost', '--host', 'gone'],
      { engine: null, hosts, env: { XDG_STATE_HOME: state } },
    );
    expect(status).toBe(125);
    expect(stderr).toMatch(/error: 2 hosts cannot be reached: .*\n.*the host lost cannot.*\n.*the host gone cannot/);
    expect(all(hosts)[0]?.state.containers).toEqual([]);
  });

  it('when two names lead to the same engine', async () => {
    const hosts = await fakeHosts(2, () => ({ info: fakeInfo }));
    expect((await refused(hosts)).stderr).toContain(
      'ssh://ops@192.0.2.1 and ssh://ops@192.0.2.2 lead to the same engine',
    );
  });

  it('when their clocks differ by more than Ganeti tolerates, and warns of less', async () => {
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

  it('when one has another architecture, or too little memory', async () => {
    const strange = await fakeHosts(2, (number) => ({
      info: { ...fakeInfo, id: `${number}`, architecture: number === 1 ? 'x86_64' : 'aarch64' },
    }));
    expect((await refused(strange)).stderr).toContain('ssh://ops@192.0.2.2: aarch64');
    const small = await fakeHosts(2, (number) => ({
      info: { ...fakeInfo, id: `${number}`, memory: number === 1 ? fakeInfo.memory : 2 ** 27 },
    }));
    expect((await refused(small)).stderr).toContain(
      'error: host ssh://ops@192.0.2.2: 1 node needs about 170 MiB of memory, and the engine fake has 128 MiB',
    );
  });

  it('when the others do not know the address of one', async () => {
    const [lab, other] = Object.values(await fakeHosts(2));
    const { status, stderr } = await refused({
      ...(lab && { lab }),
      ...(other && { 'unix:///run/other.sock': other }),
    });
    expect(status).toBe(2);
    expect(stderr).toContain('unknown address: how do the other hosts reach lab, unix:///run/other.sock?');
    expect(stderr).toContain('hint: name it: --host lab,advertise=IP');
  });

  it.each([
    [['--underlay', 'swarm'], 'not in one swarm that a network can be created in: not in a swarm: ssh://ops@192.0.2.1'],
    [['--encrypted'], '--encrypted requires a swarm that all engines are in; VXLAN traffic is not encrypted'],
    [['--network', 'none-such'], 'network none-such does not exist on ssh://ops@192.0.2.1, ssh://ops@192.0.2.2'],
    [['--network', 'own'], 'network own of ssh://ops@192.0.2.1 is a bridge, which reaches no other host'],
    [['--subnet', '192.0.0.0/22'], 'address 192.0.2.1 of ssh://ops@192.0.2.1 is in the cluster'],
    [['--subnet', '10.0.0.0/24'], 'the subnet 10.0.0.0/24 has room for 0 hosts, not for 2'],
    [['--publish', 'node9:22'], 'node node9 does not exist'],
  ])('for %j', async (args, message) => {
    const hosts = await fakeHosts(2, () => ({ networks: [fakeNetwork({ name: 'own' })] }));
    expect((await refused(hosts, ...args)).stderr).toContain(message);
  });
});

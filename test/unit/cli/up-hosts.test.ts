import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { UpResult } from '../../../src/cluster/up/result.ts';
import { AddressMissingError, PortTakenError } from '../../../src/errors.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import type { FakeEngine } from '../../support/fake-engine.ts';
import { failAt, type FakeHosts, fakeHosts, fakeSliceImage, sliceOf } from '../../support/fake-hosts.ts';
import { fakeInfo, fakeNetwork } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const state = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
afterAll(() => rm(state, { recursive: true }));

const up = (hosts: FakeHosts, ...args: readonly string[]) => {
  const flags = Object.keys(hosts).flatMap((endpoint) => ['--host', endpoint]);
  return runCli(['up', 'lab', ...flags, ...args], { engine: null, hosts, env: { XDG_STATE_HOME: state } });
};
const all = (hosts: FakeHosts) => Object.values(hosts);
const planIn = (engine: FakeEngine | undefined) =>
  JSON.parse(sliceOf(engine)?.files.get(slicePaths.plan)?.toString() ?? '{}') as Plan;

describe('up on several hosts', () => {
  it('creates a slice on each, with a plan that lists all of them', async () => {
    const hosts = await fakeHosts(3);
    const { status, stdout, stderr } = await up(hosts, '-n', '7', '--json');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const result = JSON.parse(stdout) as UpResult;
    expect(result.hosts).toEqual([
      { endpoint: 'ssh://ops@192.0.2.1', container: 'vcluster-box-lab-1', nodes: 3, rapi: 'https://127.0.0.1:5080' },
      { endpoint: 'ssh://ops@192.0.2.2', container: 'vcluster-box-lab-2', nodes: 2, rapi: 'https://127.0.0.1:5080' },
      { endpoint: 'ssh://ops@192.0.2.3', container: 'vcluster-box-lab-3', nodes: 2, rapi: 'https://127.0.0.1:5080' },
    ]);
    for (const [index, engine] of all(hosts).entries()) {
      const slice = sliceOf(engine);
      expect(slice).toMatchObject({ name: `vcluster-box-lab-${index + 1}`, state: 'running', image: result.image });
      expect(slice?.labels).toMatchObject({ 'vcluster-box.slice': `${index + 1}`, 'vcluster-box.slices': '3' });
      expect(slice?.ports).toEqual([
        { containerPort: 5081, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 5080 },
        { containerPort: 4790, protocol: 'udp', hostAddress: `192.0.2.${index + 1}`, hostPort: 4790 },
      ]);
      expect(planIn(engine)).toEqual({ ...result.plan, slice: index + 1, needs: planIn(engine).needs });
      expect(engine.state.networks).toMatchObject([{ name: 'vcluster-box-lab', driver: 'bridge' }]);
    }
    expect(result.plan.slices.map(({ engine, underlay }) => [engine, underlay?.address])).toEqual([
      ['ENGINE:1', '192.0.2.1'],
      ['ENGINE:2', '192.0.2.2'],
      ['ENGINE:3', '192.0.2.3'],
    ]);
    expect(stderr).toContain(
      'Firewalls between the hosts must allow UDP port 4790: 192.0.2.1, 192.0.2.2, 192.0.2.3.\n',
    );
  });

  it('gives all slices the same keys, which are stored nowhere else', async () => {
    const hosts = await fakeHosts(2);
    const { stdout, stderr } = await up(hosts);
    const [one, two] = all(hosts).map(sliceOf);
    const elsewhere = JSON.stringify([stdout, stderr, one?.settings, planIn(all(hosts)[0])]);
    const secrets = [slicePaths.sshHostKey, slicePaths.sshRootKey, slicePaths.rapiPassword].map((path) => {
      const [secret, other] = [one, two].map((slice) => String(slice?.files.get(path)));
      expect(secret).toBe(other);
      return secret?.trim() ?? '';
    });
    expect(new Set(secrets).size).toBe(3);
    for (const secret of secrets) expect(elsewhere).not.toContain(secret.slice(-50));
    expect(secrets[0]).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    expect(secrets[2]).toMatch(/^[\w-]{24}$/);
  });

  it('copies the image with its tag to the hosts that lack it, and to no other', async () => {
    const image = await fakeSliceImage();
    const hosts = await fakeHosts(3, (number) => (number === 2 ? { images: [{ ...image, tags: [] }] } : {}));
    const { stderr } = await up(hosts);
    expect(stderr).toContain('Copying the image to the other hosts');
    const loaded = all(hosts).map(({ calls }) => calls.filter(({ method }) => method === 'loadImage').length);
    expect(loaded).toEqual([0, 0, 1]);
    for (const { state } of all(hosts)) expect(state.images[0]?.tags).toEqual(image.tags);
  });

  it('creates a network in the swarm that all engines belong to', async () => {
    const node = (number: number) => ({ node: `n${number}`, manager: number === 2, managers: ['n2'] });
    const hosts = await fakeHosts(3, (number) => ({
      info: { ...fakeInfo, id: `ENGINE:${number}`, swarm: node(number) },
    }));
    const { status, stderr } = await up(hosts, '--encrypted');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).not.toContain('must be open');
    expect(all(hosts).map(({ state }) => state.networks.length)).toEqual([0, 1, 0]);
    const [made] = all(hosts)[1]?.calls.filter(({ method }) => method === 'createNetwork') ?? [];
    expect(made?.args).toMatchObject([
      { name: 'vcluster-box-lab', driver: 'overlay', attachable: true, options: { encrypted: '' } },
    ]);
    expect(planIn(all(hosts)[0]).slices[2]?.underlay).toEqual({ address: 'vcluster-box-lab-3', port: 4790 });
    expect(sliceOf(all(hosts)[0])?.ports).toHaveLength(1);
  });

  it('uses a given flat network, and publishes no ports there', async () => {
    const networks = [fakeNetwork({ name: 'lan', driver: 'macvlan' })];
    const hosts = await fakeHosts(2, () => ({ networks }));
    expect(await up(hosts, '--network', 'lan')).toMatchObject({ status: 0 });
    const plan = planIn(all(hosts)[1]);
    expect(plan).toMatchObject({ network: { device: 'eth0' }, overlay: { kind: 'flat' } });
    expect(sliceOf(all(hosts)[1])).toMatchObject({ network: 'lan', ports: [] });
  });

  it('uses the next UDP port where one is in use', async () => {
    const hosts = await fakeHosts(2);
    const [one, two] = all(hosts);
    failAt(one, 'startContainer', (engine) =>
      sliceOf(engine)?.ports[1]?.hostPort === 4790
        ? new PortTakenError('192.0.2.1:4790 is in use on the engine’s host')
        : undefined,
    );
    const { status, stderr } = await up(hosts);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).toContain(
      'Firewalls between the hosts must allow these UDP ports: 192.0.2.1:4791, 192.0.2.2:4790.\n',
    );
    expect(planIn(one).slices.map(({ underlay }) => underlay?.port)).toEqual([4791, 4790]);
    expect(planIn(two).slices).toEqual(planIn(one).slices);
  });

  it('publishes on all addresses where the host’s address belongs to a router', async () => {
    const hosts = await fakeHosts(2);
    const [, two] = all(hosts);
    failAt(two, 'startContainer', (engine) =>
      sliceOf(engine)?.ports[1]?.hostAddress === '192.0.2.2'
        ? new AddressMissingError('listen udp4 192.0.2.2:4790: bind: cannot assign requested address')
        : undefined,
    );
    const { status, stderr } = await up(hosts);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).toContain('192.0.2.2 is not an address of ssh://ops@192.0.2.2 itself');
    expect(sliceOf(two)?.ports[1]).toMatchObject({ hostAddress: '0.0.0.0', hostPort: 4790 });
  });

  it('reports the paths between the hosts that the slices found', async () => {
    const ways = [
      { mtu: 1450, peers: [{ slice: 2, mtu: 1450, rttMs: 0.4 }] },
      { mtu: 1380, peers: [{ slice: 1, mtu: 1380, rttMs: 21.5 }] },
      'not JSON',
    ];
    const hosts = await fakeHosts(3, (number) => ({
      onCall: (method) => {
        if (method !== 'startContainer') return;
        const found = JSON.stringify(ways[number - 1]);
        sliceOf(all(hosts)[number - 1])?.files.set(slicePaths.overlay, Buffer.from(found));
      },
    }));
    const { stdout } = await up(hosts);
    const line = 'MTU 1380 between hosts, round trip at most 21.5 ms (ssh://ops@192.0.2.2 to ssh://ops@192.0.2.1)';
    expect(stdout).toContain(`Network:   ${line}\n`);
    const again = JSON.parse((await up(hosts, '--json')).stdout) as UpResult;
    expect(again).toMatchObject({
      changed: false,
      overlay: { mtu: 1380, slowest: { from: 'ssh://ops@192.0.2.2', to: 'ssh://ops@192.0.2.1', rttMs: 21.5 } },
    });
  });

  it('reports no paths when the slices report none', async () => {
    const hosts = await fakeHosts(2);
    expect((await up(hosts)).stdout).not.toContain('Network:');
  });

  it('publishes ports on the host of their node', async () => {
    const hosts = await fakeHosts(2);
    expect(await up(hosts, '-n', '4', '--publish', 'node3:22')).toMatchObject({ status: 0 });
    expect(all(hosts).map(({ state }) => state.containers.length)).toEqual([1, 2]);
  });
});

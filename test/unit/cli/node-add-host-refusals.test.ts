import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { addOn, expectUntouched, fakeJoining, type Joining, third } from '../../support/fake-joining.ts';
import { fakeInfo, fakeNetwork } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const state = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
afterAll(() => rm(state, { recursive: true }));

describe('node add --host, before it changes anything, refuses', () => {
  const refused = async (joining: Joining, host: string, status: number, message: string) => {
    const result = await addOn(joining, host);
    expect(result.stderr).toContain(message);
    expect(result.status).toBe(status);
    expect(joining.told).toEqual([]);
  };

  it('a host that cannot be reached, and reports where the cluster is', async () => {
    const joining = await fakeJoining(state);
    const { status, stderr } = await addOn(joining, 'gamma');
    expect(status).toBe(125);
    expect(stderr).toContain('gamma is not a host of the cluster, and cannot be reached to join it');
    expect(stderr).toContain('hint: the cluster is on: ssh://ops@192.0.2.1, ssh://ops@192.0.2.2');
    await expectUntouched(state, joining);
  });

  it('an engine that already belongs to the cluster, under another name', async () => {
    const info = { ...fakeInfo, id: 'ENGINE:2' };
    const joining = await fakeJoining(state, (number) => (number === 3 ? { info } : {}));
    await refused(joining, third, 125, `ssh://ops@192.0.2.2 and ${third} lead to the same engine (ENGINE:2)`);
  });

  it('an address that belongs to another host or to the cluster, and other invalid addresses', async () => {
    const joining = await fakeJoining(state);
    await refused(joining, `${third},advertise=192.0.2.1`, 125, 'have the same address: 192.0.2.1');
    await refused(joining, `${third},advertise=198.18.7.7`, 125, "is in the cluster's subnet");
    await refused(joining, `${third},nodes=3`, 2, '--host: must be ENDPOINT[,advertise=IP][,port=N], not');
    await refused(joining, 'ssh://ops@192.0.2.1,port=9', 2, 'is already a host of the cluster');
    await expectUntouched(state, joining);
  });

  it.each([
    ['another architecture', { architecture: 'aarch64' }, 'the hosts have different architectures'],
    ['too little memory', { memory: 2 ** 26 }, `host ${third}: 1 node needs about 170 MiB of memory`],
    [
      'a clock that is wrong',
      { systemTime: 1_700_000_000_000 + 3_600_000 },
      'Ganeti tolerates at most 150 s of clock skew',
    ],
  ])('%s', async (_what, wrong, message) => {
    const joining = await fakeJoining(state, (number) =>
      number === 3 ? { info: { ...fakeInfo, id: 'ENGINE:3', ...wrong } } : {},
    );
    await refused(joining, third, 125, message);
    await expectUntouched(state, joining);
  });

  it('a host with resources of the same name, of this cluster or another', async () => {
    const joining = await fakeJoining(state);
    const [one, , three] = joining.engines;
    const left = fakeCluster('lab');
    if (three === undefined) throw new Error('there is no third host');
    three.state.containers = [left];
    await refused(joining, third, 125, `host ${third}: another cluster lab already exists`);
    three.state.containers = [{ ...left, files: one?.state.containers[0]?.files ?? new Map<string, Buffer>() }];
    await refused(joining, third, 125, 'an earlier `node add` was interrupted');
  });

  it('a cluster with a slice that is down', async () => {
    const joining = await fakeJoining(state);
    await joining.engines[1]?.stopContainer('vcluster-box-lab-2', 1);
    await refused(joining, third, 125, 'is stopped (container vcluster-box-lab-2)');
  });

  it('a network that is already flat', async () => {
    const networks = [fakeNetwork({ name: 'lan', driver: 'macvlan' })];
    const joining = await fakeJoining(state, () => ({ networks }), '--network', 'lan');
    await refused(joining, third, 125, 'a cluster on a network of its hosts (lan) cannot be extended to further hosts');
  });

  it('a cluster on one host', async () => {
    const engine = fakeEngine({ containers: [fakeCluster('demo')] });
    const { status, stderr } = await runCli(['node', 'add', '--host', third], { engine });
    expect(status).toBe(2);
    expect(stderr).toContain('--host is for clusters on several hosts');
    expect(stderr).toContain('vcluster-box up --host ENDPOINT --host ENDPOINT');
  });
});

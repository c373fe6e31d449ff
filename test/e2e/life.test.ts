import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { clusterFacts } from '../support/e2e-facts.ts';
import { askRapi } from '../support/e2e-rapi.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

interface Reach {
  readonly state: string;
  readonly rapi: { readonly url: string; readonly password: string };
}

const instance = 'instance1.example.com';
const noChecks = ['--no-install', '--no-name-check', '--no-ip-check', '--no-nics'];
const add = [
  'gnt-instance',
  'add',
  '-t',
  'diskless',
  '-o',
  'noop',
  ...noChecks,
  '-B',
  'memory=128',
  '-n',
  'node2',
  instance,
];

describe.skipIf(!dockerAvailable)('a cluster with an instance', () => {
  let cluster: SharedCluster;
  let before: Awaited<ReturnType<typeof look>>;

  const look = async () => {
    const { rapi } = JSON.parse((await cluster.run(['info', '--json'])).stdout) as Reach;
    return { facts: await clusterFacts(cluster), rapi };
  };
  const container = async () => (await docker()).getContainer(cluster.container);

  beforeAll(async () => {
    cluster = await sharedCluster();
    const { exitCode, stderr } = await cluster.run(['exec', 'node1', ...add]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    before = await look();
  }, 300_000);
  afterAll(async () => {
    await succeed(['up', cluster.name]);
    await cluster.run(['exec', 'node1', 'gnt-instance', 'remove', '-f', instance]);
  });

  it('has it', () => {
    expect(before.facts['instances']).toMatch(/^instance1\.example\.com .* node2\.example\.com /);
    expect(before.facts['jobs']).toContain(`INSTANCE_CREATE(${instance})`);
  });

  it('is the same after docker restart', async () => {
    await (await container()).restart({ t: 30 });
    const { stdout } = await succeed(['up', cluster.name]);
    expect(stdout).toMatch(new RegExp(`^Cluster ${cluster.name} is running, with 3 nodes\\.\n`));
    expect(await look()).toEqual(before);
  });

  it('stops in order within ten seconds', async () => {
    const startedAt = performance.now();
    await (await container()).stop({ t: 30 });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect((await (await container()).inspect()).State.ExitCode).toBe(0);
  });

  it('shows what its plan says while it is stopped', async () => {
    const status = await cluster.run(['status']);
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toMatch(/^\S+ is stopped: cluster\.example\.com 198\.18\.0\.1\n/);
    expect(status.stdout).toMatch(/^node3\.example\.com +unknown +198\.18\.1\.3 +-$/m);
    expect(JSON.parse((await cluster.run(['info', '--json'])).stdout)).toMatchObject({
      state: 'stopped',
      rapi: before.rapi,
    });
    expect((await vcluster(['ls'])).stdout).toMatch(new RegExp(`^${cluster.name} +stopped +3 `, 'm'));
  });

  it('says how to start it when a command is to run on it', async () => {
    const { exitCode, stdout, stderr } = await cluster.run(['exec', 'node1', 'true']);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 125,
      stdout: '',
      stderr: `error: cluster ${cluster.name} is stopped (container ${cluster.container} is exited)\nhint: start it: vcluster-box up ${cluster.name}`,
    });
  });

  it('is the same when up has started it again', async () => {
    const { stdout } = await succeed(['up', cluster.name]);
    expect(stdout).toMatch(new RegExp(`^Cluster ${cluster.name} is running, with 3 nodes\\.\n`));
    expect(await look()).toEqual(before);
  });

  it('is the same after docker kill and up', async () => {
    await (await container()).kill();
    await succeed(['up', cluster.name]);
    expect(await look()).toEqual(before);
    expect((await askRapi(`${before.rapi.url}/2/instances/${instance}`, before.rapi.password)).status).toBe(200);
  });

  it('is content with itself after all that', async () => {
    const { stdout, stderr, exitCode } = await cluster.run(['exec', 'node1', 'gnt-cluster', 'verify']);
    expect({ exitCode, complaints: `${stdout}\n${stderr}`.match(/.*\b(?:ERROR|WARNING)\b.*/g) }).toEqual({
      exitCode: 0,
      complaints: null,
    });
  });

  it('works by RAPI as well', async () => {
    const { status, body } = await askRapi(`${before.rapi.url}/2/instances`, before.rapi.password);
    expect({ status, ids: (JSON.parse(body) as { id: string }[]).map(({ id }) => id) }).toEqual({
      status: 200,
      ids: [instance],
    });
  });
});

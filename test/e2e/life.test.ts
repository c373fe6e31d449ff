import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

interface Reach {
  readonly state: string;
  readonly rapi: { readonly url: string; readonly password: string };
}

describe.skipIf(!dockerAvailable)('a stopped cluster', () => {
  let cluster: SharedCluster;
  let before: Reach;

  const info = async () => JSON.parse((await cluster.run(['info', '--json'])).stdout) as Reach;
  const container = async () => (await docker()).getContainer(cluster.container);

  beforeAll(async () => {
    cluster = await sharedCluster();
    before = await info();
    await (await container()).stop({ t: 30 });
  }, 300_000);
  afterAll(() => succeed(['up', cluster.name]));

  it('was shut down cleanly, with nothing killed', async () => {
    expect((await (await container()).inspect()).State.ExitCode).toBe(0);
  });

  it('is shown according to its plan', async () => {
    const status = await cluster.run(['status']);
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toMatch(/^\S+ is stopped: cluster\.example\.com 198\.18\.0\.1\n/);
    expect(status.stdout).toMatch(/^node3\.example\.com +unknown +198\.18\.1\.3 +-$/m);
    expect(await info()).toMatchObject({ state: 'stopped', rapi: before.rapi });
    expect((await vcluster(['ls'])).stdout).toMatch(new RegExp(`^${cluster.name} +stopped +3 `, 'm'));
  });

  it('refuses commands, and explains how to start it', async () => {
    const { exitCode, stdout, stderr } = await cluster.run(['exec', 'node1', 'true']);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 125,
      stdout: '',
      stderr: `error: cluster ${cluster.name} is stopped (container ${cluster.container})\nhint: start it: vcluster-box start ${cluster.name}`,
    });
  });
});

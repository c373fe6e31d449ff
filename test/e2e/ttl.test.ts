import { describe, expect, it } from 'vitest';
import { ofCluster } from '../../src/plan/labels.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { succeed } from '../support/e2e-succeed.ts';

describe.skipIf(!dockerAvailable)('up --ttl', () => {
  it('creates a cluster that stops itself and is removed by the next command', async () => {
    const name = testCluster('ttl');
    const engine = await testEngine();
    const containers = async () => (await engine.findContainers(ofCluster(name))).map(({ state }) => state);
    await succeed(['up', name, '-n', '1', '--ttl', '30s']);
    expect((await vcluster(['up', name, '--ttl', '1h'])).stderr).toContain('ttl is 30s, requested 1h');
    await expect.poll(containers, { timeout: 60_000, interval: 500 }).toEqual(['exited']);
    const { stdout, stderr } = await succeed(['ls']);
    expect(stderr).toContain(`Removed cluster ${name}: its time to live is over.`);
    expect(stdout).not.toContain(name);
    expect(await containers()).toEqual([]);
    expect(await engine.findNetworks(ofCluster(name))).toEqual([]);
  }, 180_000);
});

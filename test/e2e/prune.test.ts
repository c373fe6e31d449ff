import { describe, expect, it } from 'vitest';
import { ofCluster } from '../../src/plan/labels.ts';
import { containerName } from '../../src/plan/names.ts';
import { createBox } from '../support/box.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { sharedCluster } from '../support/e2e-shared.ts';

interface Pruned {
  readonly kind: string;
  readonly name: string;
  readonly removed: boolean;
}

// Resources of others on this engine must not be touched, so nothing younger than a century is removed here.
// test/integration/prune.test.ts tests the removal, on an engine that hides all foreign resources.
describe.skipIf(!dockerAvailable)('prune', () => {
  const name = testCluster('half-made');

  it('finds a partly created cluster with --dry-run, but not a running one, and removes neither', async () => {
    const running = await sharedCluster();
    const engine = await testEngine();
    await using box = await createBox(engine, { labels: ofCluster(name) }, containerName(name, 1));
    const { exitCode, stdout } = await vcluster(['prune', '--dry-run', '--older-than', '0s', '--json']);
    expect(exitCode).toBe(0);
    const found = JSON.parse(stdout) as readonly Pruned[];
    expect(found).toContainEqual(expect.objectContaining({ kind: 'cluster', name, removed: false }));
    expect(found.filter((one) => one.name === running.name || one.removed)).toEqual([]);
    expect(await engine.inspectContainer(box.name)).toMatchObject({ state: 'created' });
    expect((await running.run(['status'])).exitCode).toBe(0);
  });

  it('keeps resources younger than --older-than', async () => {
    const engine = await testEngine();
    await using box = await createBox(engine, { labels: ofCluster(name) }, containerName(name, 1));
    const { exitCode, stdout, stderr } = await vcluster(['prune', '--older-than', '36500d']);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: 'Nothing to remove.' });
    expect(await engine.inspectContainer(box.name)).toMatchObject({ state: 'created' });
  });
});

import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { prune } from '../../src/cluster/prune/prune.ts';
import type { Engine, Labels } from '../../src/engine/engine.ts';
import { label, ofCluster } from '../../src/plan/labels.ts';
import { containerName, networkName, relayName } from '../../src/plan/names.ts';
import { createBox, startBox } from '../support/box.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testLabels } from '../support/test-image.ts';
import { testSubnet } from '../support/test-subnet.ts';

/** Hides everything that this test did not create: other tests use the engine at the same time. */
function only(engine: Engine, run: string): Engine {
  const mine = <T extends { readonly labels: Labels }>(all: readonly T[]) =>
    all.filter(({ labels }) => labels['run'] === run);
  return {
    ...engine,
    findContainers: async (labels) => mine(await engine.findContainers(labels)),
    findNetworks: async (labels) => mine(await engine.findNetworks(labels)),
    findVolumes: async (labels) => mine(await engine.findVolumes(labels)),
    findImages: () => Promise.resolve([]),
  };
}

describe.skipIf(!dockerAvailable)('prune', () => {
  it('removes a stopped cluster with its relay and network, but not a running one', async () => {
    const engine = await testEngine();
    const run = randomBytes(6).toString('hex');
    const [old, busy] = [`test-${run}-old`, `test-${run}-busy`];
    const labelsOf = (cluster: string, more: Labels = {}) => ({ ...testLabels, ...ofCluster(cluster), run, ...more });
    const network = await engine.createNetwork({
      name: networkName(old),
      labels: labelsOf(old),
      subnet: testSubnet(),
    });
    onTestFinished(() => engine.removeNetwork(network));
    await using slice = await createBox(
      engine,
      { labels: labelsOf(old), network: networkName(old) },
      containerName(old, 1),
    );
    const relayLabels = labelsOf(old, { [label.port]: 'node1.example.com:22' });
    await using relay = await createBox(
      engine,
      { labels: relayLabels, network: networkName(old) },
      relayName(old, 2222),
    );
    await engine.startContainer(relay.name);
    await using other = await startBox(engine, { labels: labelsOf(busy) });
    const states = async () => {
      const details = await Promise.all([slice, relay, other].map(({ name }) => engine.inspectContainer(name)));
      return details.map((container) => container?.state);
    };
    const options = { now: new Date(), report: () => undefined };
    const pruneOlder = async (olderThanSeconds: number, dryRun: boolean) =>
      (await prune(only(engine, run), { ...options, olderThanSeconds, dryRun })).map(({ kind, name }) => [kind, name]);

    expect(await pruneOlder(3600, false)).toEqual([]);
    expect(await pruneOlder(-60, true)).toEqual([['cluster', old]]);
    expect(await states()).toEqual(['created', 'running', 'running']);
    expect(await pruneOlder(-60, false)).toEqual([['cluster', old]]);
    expect(await states()).toEqual([undefined, undefined, 'running']);
    expect((await engine.listNetworks()).map(({ name }) => name)).not.toContain(networkName(old));
  });
});

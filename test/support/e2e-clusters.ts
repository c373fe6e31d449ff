import { ofCluster } from '../../src/plan/labels.ts';
import { dockerAvailable, testEngine } from './docker-available.ts';

/** Clusters of the end-to-end tests have names that begin so; no others are touched. */
export const testPrefix = 'e2e-';

/** Removes what tests have left on the engine, also tests that failed. */
export async function removeTestClusters(): Promise<void> {
  if (!dockerAvailable) return;
  const engine = await testEngine();
  const isTest = (labels: Readonly<Record<string, string>>) =>
    (labels['vcluster-box.cluster'] ?? '').startsWith(testPrefix);
  for (const { id, labels } of await engine.findContainers(ofCluster()))
    if (isTest(labels)) await engine.removeContainer(id);
  for (const { id, labels } of await engine.findNetworks(ofCluster()))
    if (isTest(labels)) await engine.removeNetwork(id);
}

import { env } from 'node:process';
import { ofCluster } from '../../src/plan/labels.ts';
import { dockerAvailable, testEngine } from './docker-available.ts';

/**
 * Clusters of the end-to-end tests have names with this prefix; no others are touched. Two concurrent runs on one
 * engine need different prefixes.
 */
const testPrefix = env['VCLUSTER_BOX_TEST_PREFIX'] ?? 'e2e-';

/** Files run side by side in several workers; each worker has clusters of its own. */
export function testCluster(name: string): string {
  return `${testPrefix}${env['VITEST_POOL_ID'] ?? '0'}-${name}`;
}

/** Removes what tests have left on the engine, including tests that failed. */
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

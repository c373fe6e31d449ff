import { afterAll, beforeAll, describe, expect } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { story } from '../support/story.ts';

describe.skipIf(!dockerAvailable)('master-failover', () => {
  const step = story();
  let cluster: SharedCluster;
  const master = async () => (await cluster.run(['exec', 'node3', 'gnt-cluster', 'getmaster'])).stdout.trim();

  beforeAll(async () => {
    cluster = await sharedCluster();
    await cluster.run(['stop', '--node', 'node1']);
  }, 300_000);
  afterAll(async () => {
    await succeed(['-c', cluster.name, 'start', '--node', 'node1']);
    // A node that missed a failover considers itself the master until it gets the configuration.
    await succeed(['-c', cluster.name, 'exec', 'node2', 'gnt-cluster', 'redist-conf']);
    await succeed(['-c', cluster.name, 'master-failover', 'node1']);
  });

  step('moves the master role from a stopped master to another node, and RAPI answers', async () => {
    const { exitCode, stdout, stderr } = await cluster.run(['master-failover', 'node2', '--json']);
    expect({ exitCode, result: JSON.parse(stdout) as unknown }).toEqual({
      exitCode: 0,
      result: {
        cluster: cluster.name,
        master: 'node2.example.com',
        before: 'node1.example.com',
        voting: { nodes: 3, answering: 2, needed: 2 },
      },
    });
    expect(stderr).toContain('2 of 3 nodes answer, and a vote needs 2\n');
    expect(await master()).toBe('node2.example.com');
  });

  step('reports that the node is already the master', async () => {
    const ran = await cluster.run(['master-failover', 'node2']);
    expect(ran).toExitWith(125);
    const { stderr } = ran;
    expect(stderr).toContain('node2.example.com is already the master');
  });
});

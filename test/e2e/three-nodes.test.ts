import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';

describe.skipIf(!dockerAvailable)('a cluster of three nodes', () => {
  const name = 'e2e-three';

  beforeAll(async () => {
    const { exitCode, stderr } = await vcluster(['up', name, '-n', '3', '--verify'], { timeout: 600_000 });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }, 600_000);
  afterAll(() => vcluster(['down', name]));

  it('lists its nodes on a node that is not the master', async () => {
    const { stdout, exitCode } = await vcluster([
      'exec',
      '-c',
      name,
      'node2',
      'gnt-node',
      'list',
      '--no-headers',
      '-o',
      'name',
    ]);
    expect({ exitCode, nodes: stdout.split('\n') }).toEqual({
      exitCode: 0,
      nodes: ['node1.example.com', 'node2.example.com', 'node3.example.com'],
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { docker } from '../support/e2e-docker.ts';

const name = testCluster('names');
const container = `vcluster-box-${name}-1`;
const missing = testCluster('missing');

describe.skipIf(!dockerAvailable)('a name that does not exist, or a cluster that does not run', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
    const { exitCode, stderr } = await vcluster(['up', name, '-n', '2'], { timeout: 600_000 });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }, 600_000);
  afterAll(() => vcluster(['down', name]));

  it.each([
    ['exec', '-c', missing, 'node1', 'true'],
    ['status', missing],
    ['info', missing],
  ])('%s -c %s lists the existing clusters', async (...args) => {
    const { exitCode, stdout, stderr } = await vcluster(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error: there is no cluster ${missing}\\nhint: there is: .*\\b${name}\\b`));
  });

  it('counts as removed for down, which lists the existing clusters', async () => {
    const { exitCode, stderr } = await vcluster(['down', missing]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(new RegExp(`^cluster ${missing} does not exist; existing clusters: .*\\b${name}\\b`));
  });

  it('lists the existing nodes', async () => {
    const { exitCode, stdout, stderr } = await vcluster(['exec', '-c', name, 'node3', 'true']);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 125,
      stdout: '',
      stderr: 'error: there is no node node3 in cluster\nhint: there is: node1, node2',
    });
  });

  it('explains how to resume a paused cluster', async () => {
    const box = (await docker()).getContainer(container);
    await box.pause();
    try {
      const paused = `error: cluster ${name} is paused`;
      const exec = await vcluster(['exec', '-c', name, 'node1', 'true']);
      expect(exec).toMatchObject({ exitCode: 125, stderr: expect.stringContaining(paused) as string });
      const up = await vcluster(['up', name]);
      expect(up).toMatchObject({ exitCode: 125, stderr: expect.stringContaining(paused) as string });
      expect(up.stderr).toMatch(/^hint: /m);
    } finally {
      await box.unpause();
    }
  });

  it('explains how to start a stopped cluster', async () => {
    await engine.stopContainer(container, 30);
    const { exitCode, stderr } = await vcluster(['exec', '-c', name, 'node1', 'true']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 125,
      stderr: `error: cluster ${name} is stopped (container ${container} is exited)\nhint: start it: vcluster-box start ${name}`,
    });
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { sharedCluster } from '../support/e2e-shared.ts';

const missing = testCluster('missing');

describe.skipIf(!dockerAvailable)('a name that does not exist', () => {
  let name: string;
  beforeAll(async () => {
    ({ name } = await sharedCluster());
  }, 300_000);

  it.each([
    ['status', missing],
    ['info', missing],
  ])('%s %s lists the existing clusters', async (...args) => {
    const { exitCode, stdout, stderr } = await vcluster(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^error: no cluster named ${missing} exists\\nhint: existing clusters: .*\\b${name}\\b`),
    );
  });

  it('counts as removed for down, which lists the existing clusters', async () => {
    const { exitCode, stderr } = await vcluster(['down', missing]);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(new RegExp(`^cluster ${missing} does not exist; existing clusters: .*\\b${name}\\b`));
  });
});

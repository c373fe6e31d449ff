import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { clusterDirectory, readManualPage } from '../support/manual-page.ts';
import { doAll, manualSteps, type ManualShell } from '../support/manual.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

const versionOf = ['exec', 'node2', 'gnt-cluster', 'version'];

describe.skipIf(!dockerAvailable)('clusters of both versions of Ganeti, side by side', () => {
  const name = testCluster('new');
  let old: SharedCluster;
  beforeAll(async () => {
    old = await sharedCluster();
    await succeed(['up', name, '--ganeti', '3.1', '-n', '2', '--verify']);
  }, 900_000);
  afterAll(() => vcluster(['down', name]));

  it('have the requested versions', async () => {
    const [older, newer] = await Promise.all([old.run(versionOf), vcluster(['-c', name, ...versionOf])]);
    expect(older.stdout).toMatch(/^Software version: 3\.0\.\d/);
    expect(newer.stdout).toMatch(/^Software version: 3\.1\.\d/);
  });

  it('are distinguished by ls', async () => {
    const { stdout } = await vcluster(['ls']);
    expect(stdout).toMatch(new RegExp(`^${old.name} +running +3 +3\\.0 `, 'm'));
    expect(stdout).toMatch(new RegExp(`^${name} +running +2 +3\\.1 `, 'm'));
  });

  it('have their own ports', async () => {
    const urls = await Promise.all([old.name, name].map(async (each) => (await succeed(['info', each])).stdout));
    const ports = urls.map((text) => /^RAPI: +https:\/\/127\.0\.0\.1:(\d+)$/m.exec(text)?.[1]);
    expect(new Set(ports.filter((port) => port !== undefined)).size).toBe(2);
  });

  it('both work in the same way', async () => {
    const { stdout, exitCode } = await vcluster(['status', name]);
    expect({ exitCode, nodes: stdout.match(/^node\d\.example\.com +\w+/gm) }).toEqual({
      exitCode: 0,
      nodes: ['node1.example.com  master', 'node2.example.com  candidate'],
    });
  });

  it("follow Ganeti's manual on virtual clusters, with `exec`: the new one", async () => {
    const shell: ManualShell = async (line) => {
      const words = ['exec', '-w', clusterDirectory, 'node1', 'bash', '-c', line];
      const { exitCode = -1, stdout, stderr } = await vcluster(['-c', name, ...words]);
      return { status: exitCode, stdout, stderr };
    };
    await doAll(manualSteps(await readManualPage(), shell));
  }, 300_000);

  it('need an existing version', async () => {
    const { exitCode, stderr } = await vcluster(['up', name, '--ganeti', '3.0']);
    expect(exitCode).toBe(125);
    expect(stderr).toContain('ganeti is 3.1, requested 3.0');
  });
});

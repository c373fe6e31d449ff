import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { vcluster } from '../support/cli.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { clientOf, clusterOn, hostsSkipped, startE2eHosts, whySkipped } from '../support/hosts/e2e-hosts.ts';
import type { Hosts } from '../support/hosts/hosts.ts';
import { changedLine, control, downloadPackages, newVersion, removeScratch, repack } from '../support/own-ganeti.ts';
import { story } from '../support/story.ts';

const name = testCluster('own-hosts');
const patience = 300_000;

/** The third host has no image, and is not part of the cluster at first. */
describe.skipIf(hostsSkipped)(`Ganeti of the user on several hosts${whySkipped}`, () => {
  const step = story();
  let hosts: Hosts;
  let run: typeof vcluster;
  let packages: string;

  beforeAll(async () => {
    packages = await repack(await downloadPackages(), { ...changedLine, [control]: newVersion });
    hosts = await startE2eHosts(3, { bare: 1 });
    run = clusterOn(hosts, name).run;
  }, 900_000);
  afterAll(async () => {
    await removeScratch();
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });

  const versionOn = async (node: string) => {
    const ran = await run(['exec', node, 'gnt-cluster', 'version']);
    expect(ran).toExitWith(0);
    return /^Software version: (.*)$/m.exec(ran.stdout)?.[1];
  };

  step(
    'is built over ssh on the first host, and copied to the second',
    async () => {
      const endpoints = hosts.all.slice(0, 2).flatMap(({ ssh }) => ['--host', ssh]);
      const made = await clientOf(hosts)(['up', name, '-n', '2', '--packages', packages, ...endpoints]);
      expect(made).toExitWith(0);
      expect(made.stderr).toMatch(/ok Image with your Ganeti [^]*ok Copying the image to the other hosts/);
      expect([await versionOn('node1'), await versionOn('node2')]).toEqual(['3.0.2, changed', '3.0.2, changed']);
    },
    patience,
  );

  step(
    'is the same on a host that joins, and after a restart',
    async () => {
      const joined = await run(['node', 'add', '--host', hosts.all[2]?.ssh ?? ''], { timeout: patience });
      expect(joined).toExitWith(0);
      expect(await versionOn('node3')).toBe('3.0.2, changed');
      const { stdout } = await run(['status']);
      expect(stdout).toContain('Ganeti 3.0.2 (packages 3.0.2-3+mine1)');
      expect(await run(['restart'], { timeout: patience })).toExitWith(0);
      expect(await versionOn('node3')).toBe('3.0.2, changed');
    },
    patience,
  );
});

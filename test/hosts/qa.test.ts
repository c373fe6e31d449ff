import { stdout } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderQa } from '../../src/cli/render-qa.ts';
import type { QaResult } from '../../src/qa/result.ts';
import { ensureQaImage } from '../../src/image/ensure-qa-image.ts';
import { testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { docker } from '../support/e2e-docker.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { allOn, clusterOn, hostsSkipped, nothingOn, startE2eHosts, whySkipped } from '../support/hosts/e2e-hosts.ts';
import type { Hosts } from '../support/hosts/hosts.ts';
import { copyImage } from '../support/private-engine.ts';
import { longSelection } from '../support/qa-selection.ts';

const name = testCluster('qa-two');
const patience = 1_600_000;

describe.skipIf(hostsSkipped)(`a part of Ganeti's own QA suite on two hosts${whySkipped}`, () => {
  let hosts: Hosts;
  beforeAll(async () => {
    hosts = await startE2eHosts(2);
    // The simulated hosts cannot reach a Debian archive, which the build of the image with the suite needs.
    const slice = (await succeed(['image', 'build'])).stdout.trim();
    const context = { report: () => undefined, signal: new AbortController().signal };
    const { tag } = await ensureQaImage(await testEngine(), { slice }, context);
    const [first] = hosts.all;
    if (first !== undefined) await copyImage(await docker(), first.docker, tag);
  }, 900_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });

  it(
    'has only known failures, and leaves nothing behind',
    async () => {
      const where = hosts.all.flatMap(({ ssh }) => ['--host', ssh]);
      const args = ['qa', '--tests', ...longSelection, ...where, '--json'];
      const ran = await clusterOn(hosts, name).run(args, { timeout: patience });
      const result = JSON.parse(ran.stdout) as QaResult;
      stdout.write(`${renderQa(result)}\n`);
      expect([result.complete, result.broken, result.mended, ran.exitCode]).toEqual([true, [], [], 0]);
      const passed = result.tests.filter(({ outcome }) => outcome === 'passed').map(({ name: test }) => test);
      for (const test of ['TestClusterInit', 'TestInstanceExport', 'TestRecreateDisks', 'TestClusterDestroy'])
        expect(passed).toContain(test);
      expect(await Promise.all(hosts.all.map(allOn))).toEqual(Array(2).fill(nothingOn));
    },
    patience,
  );
});

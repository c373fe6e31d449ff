import { beforeAll, describe, expect, it } from 'vitest';
import { capture } from '../support/capture.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { complaintsOf } from '../support/e2e-instance.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';
import { clusterDirectory, readManualPage } from '../support/manual-page.ts';
import { doAll, manualSteps, type ManualShell, type ManualSteps } from '../support/manual.ts';

const page = await readManualPage();

describe.skipIf(!dockerAvailable)(
  "the virtual cluster page of Ganeti's manual, followed step by step in the slice",
  () => {
    let cluster: SharedCluster;
    let steps: ManualSteps;
    beforeAll(async () => {
      cluster = await sharedCluster();
      const engine = await testEngine();
      // A shell without any node variables, like the reader's.
      const shell: ManualShell = (line) =>
        capture(engine, cluster.container, { argv: ['bash', '-c', line], cwd: clusterDirectory });
      steps = manualSteps(page, shell);
    }, 600_000);

    it('contains no command or program that is left out', () => {
      const named = [...page.commands.map(({ line }) => line), ...page.programs];
      expect(Object.keys(steps).sort()).toEqual(named.sort());
      expect(page.environment).toEqual([
        'GANETI_ROOTDIR=/srv/vcluster/node1.example.com',
        'GANETI_HOSTNAME=node1.example.com',
      ]);
    });

    it('works as described', async () => {
      await doAll(steps);
      expect(await complaintsOf(cluster)).toEqual([]);
    }, 300_000);
  },
);

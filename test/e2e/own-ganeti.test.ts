import { afterAll, describe, expect } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { succeed } from '../support/e2e-succeed.ts';
import {
  changedLine,
  control,
  copyOf,
  downloadPackages,
  type Edits,
  mine,
  newVersion,
  python,
  release,
  removeScratch,
  repack,
  unpack,
} from '../support/own-ganeti.ts';
import { story } from '../support/story.ts';

const cluster = testCluster('own');
const changed: Edits = {
  ...changedLine,
  [control]: newVersion,
  // A place that the change `boot_id` needs.
  [`${python}/backend.py`]: [['_BOOT_ID_PATH', '_PATH_OF_BOOT_ID']],
};

describe.skipIf(!dockerAvailable)('Ganeti of the user', () => {
  const step = story();
  let engine: Engine;
  let debian: readonly string[];
  let packages: string;
  let image: string;
  const images: string[] = [];

  afterAll(async () => {
    await vcluster(['down', cluster]);
    for (const tag of images) await engine.removeImage(tag);
    await removeScratch();
  });

  const refused = async (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await vcluster(['image', 'build', ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    return stderr.slice(stderr.indexOf('error: '));
  };
  const built = async (...args: readonly string[]) => {
    const answer = JSON.parse((await succeed(['image', 'build', '--json', ...args])).stdout) as { tag: string };
    images.push(answer.tag);
    return answer;
  };

  step(
    'is refused, before a build, if it needs another Debian release, or a vital change does not fit it',
    async () => {
      engine = await testEngine();
      debian = await downloadPackages();
      const newer = [`Version: ${release}`, `Version: 3.1.0-1`] as const;
      const needs = ['\nDepends: ', '\nDepends: python3 (>= 3.13~), '] as const;
      const other = await repack(debian, { [control]: [newer, needs, [`(= ${release})`, '(= 3.1.0-1)']] });
      expect(await refused('--packages', other)).toMatch(
        /^error: --packages \S+: Ganeti 3\.1\.0-1 does not fit --ganeti 3\.0: ganeti\S* 3\.1\.0-1 needs python3 \(>= 3\.13~\), and Debian bookworm has 3\.11\S*\n[^]*^hint: use --ganeti 3\.1, whose image is Debian trixie, or build it on Debian bookworm$/m,
      );
      const moved = await repack(debian, {
        [`${python}/bootstrap.py`]: [['_WaitForNodeDaemon', '_WaitForDaemonOfNode']],
      });
      expect(await refused('--packages', moved)).toMatch(
        /^error: --packages \S+: vcluster-box's change init_only does not fit Ganeti 3\.0\.2: .* no attribute '_WaitForNodeDaemon'\nhint: without it, the cluster cannot be created; /,
      );
      const [file = ''] = debian.filter((path) => path.includes('ganeti-3.0_'));
      const part = await repack([file], { [control]: newVersion });
      expect(await refused('--packages', part)).toContain(
        `ganeti ${release} of the image needs ganeti-3.0 (= ${release}), and the packages have ${mine}\nhint: give all packages`,
      );
    },
  );

  step('is installed from packages; an image of the same files is not built again', async () => {
    packages = await repack(debian, changed);
    const first = await built('--packages', packages);
    expect(first).toMatchObject({ built: true, misfits: [{ change: 'boot_id', vital: false }] });
    image = first.tag;
    expect(await built('--packages', await copyOf(packages))).toEqual({ tag: image, built: false });
    const { stdout } = await succeed(['image', 'ls']);
    expect(stdout).toMatch(new RegExp(`^slice +3\\.0\\.2 \\(packages ${escaped(mine)}\\) +${image} `, 'm'));
  });

  step('runs in a cluster, which says what does not work if a change does not fit', async () => {
    const up = await succeed(['up', cluster, '-n', '2', '--packages', packages]);
    const warning = /boot_id does not fit this Ganeti \(.*'_BOOT_ID_PATH'\), so ganeti-watcher does not notice/;
    expect(up.stderr).toMatch(warning);
    expect((await succeed(['exec', '-c', cluster, 'node2', 'gnt-cluster', 'version'])).stdout).toMatch(
      /^Software version: 3\.0\.2, changed$/m,
    );
    const status = await succeed(['status', cluster]);
    expect(status.stdout).toContain(`Ganeti 3.0.2 (packages ${mine})\nWarning: `);
    expect(status.stdout).toMatch(warning);
    const own = `3\\.0\\.2 \\(packages ${escaped(mine)}\\)`;
    expect((await succeed(['ls'])).stdout).toMatch(new RegExp(`^${cluster} +running +2 +${own} `, 'm'));
    expect((await succeed(['version'])).stdout).toMatch(
      new RegExp(`${cluster} \\(Ganeti 3\\.0\\.2 from packages ${escaped(mine)},`),
    );
    await succeed(['exec', '-c', cluster, 'node1', 'gnt-cluster', 'verify']);
  });

  step('is listed by doctor with all changes, of the cluster and of the packages', async () => {
    const ofCluster = (await succeed(['doctor', '--ganeti', '-c', cluster])).stdout;
    expect(ofCluster).toMatch(/^warn {2}boot_id +.*'_BOOT_ID_PATH'\n +-> without it, ganeti-watcher does not notice/m);
    expect(ofCluster).toMatch(/^ok {4}watcher +Lets `ganeti-watcher` restart/m);
    const json = JSON.parse((await succeed(['doctor', '--packages', packages, '--json'])).stdout) as {
      readonly ganeti: string;
      readonly changes: readonly { readonly change: string; readonly reason: string | null }[];
    };
    expect(json.ganeti).toBe('3.0.2');
    expect(json.changes.filter(({ reason }) => reason !== null).map(({ change }) => change)).toEqual(['boot_id']);
    expect(json.changes.length).toBeGreaterThan(25);
  });

  step('stays as it is in an existing cluster, which refuses another one', async () => {
    expect((await succeed(['up', cluster])).stdout).toContain('nothing was changed');
    expect((await succeed(['up', cluster, '--packages', packages])).stdout).toContain('nothing was changed');
    const other = await vcluster(['up', cluster, '--packages', ...debian]);
    expect(other).toExitWith(125);
    expect(other.stderr).toContain(
      `already exists with different options: its Ganeti is from packages ${mine}, requested other packages: `,
    );
    expect((await vcluster(['image', 'rm', image])).stderr).toContain(`is in use by cluster ${cluster}`);
    await succeed(['down', cluster]);
  });

  step('is installed from a tree that has only a part of it, and boots', async () => {
    const tree = await unpack(await repack(debian, { ...changed, [`${python}/backend.py`]: [] }));
    await built('--tree', tree);
    const up = await succeed(['up', cluster, '-n', '2', '--tree', tree]);
    expect(up.stderr).not.toContain('does not fit');
    const { stdout } = await succeed(['exec', '-c', cluster, 'node1', 'gnt-cluster', 'version']);
    expect(stdout).toMatch(/^Software version: 3\.0\.2, changed$/m);
    const shown = JSON.parse((await succeed(['status', cluster, '--json'])).stdout) as object;
    expect(shown).toMatchObject({ well: true, ganeti: '3.0.2', ganetiSource: 'tree', warnings: [] });
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.+]/g, String.raw`\$&`);
}

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GanetiVersion } from '../../src/config/defaults.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { findLocalBase } from '../../src/image/base-image.ts';
import { containerName } from '../../src/plan/names.ts';
import { capture } from '../support/capture.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, nothingSkipped, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { docker } from '../support/e2e-docker.ts';
import { succeed } from '../support/e2e-succeed.ts';

const project = resolve(import.meta.dirname, '../..');

/** Debian's own node is only a part of Node, and `npm run package` refuses it. */
const canPackage = async () => {
  const { failed } = await execa('dpkg-shlibdeps --version && strip --version', { shell: true, reject: false });
  return nothingSkipped || (!failed && (await readFile(execPath)).includes('NODE_SEA_FUSE_'));
};

describe.skipIf(!dockerAvailable || !(await canPackage()))('the Debian package', () => {
  let engine: Engine;
  let folder: string;
  beforeAll(async () => {
    engine = await testEngine();
    folder = await mkdtemp(join(tmpdir(), 'vcluster-box-package-'));
    await execa('npm', ['run', '--silent', 'package', '--', join(folder, 'packages')], { cwd: project });
  });
  afterAll(() => rm(folder, { recursive: true }));

  describe.each<readonly [string, GanetiVersion]>([
    ['bookworm', '3.0'],
    ['trixie', '3.1'],
  ])('on %s without Node', (release, ganeti) => {
    const name = testCluster(`package-${release}`);
    const machine = `vcluster-box-test-${name}`;
    let image: string;
    const run = (...argv: readonly string[]) => capture(engine, machine, { argv });
    const output = async (...argv: readonly string[]) => {
      const { status, stdout, stderr } = await run(...argv);
      expect({ status, stderr: status === 0 ? '' : stderr }, argv.join(' ')).toEqual({ status: 0, stderr: '' });
      return stdout.trim();
    };

    beforeAll(async () => {
      image = (await succeed(['image', 'build', '--ganeti', ganeti])).stdout;
      const base = await findLocalBase(engine, { ganeti });
      const socket = engine.endpoint.replace('unix://', '');
      const created = await (
        await docker()
      ).createContainer({
        name: machine,
        Image: base?.name ?? '',
        Cmd: ['sleep', 'infinity'],
        Labels: { 'vcluster-box.test': 'package' },
        HostConfig: { Binds: [`${folder}/packages:/packages:ro`, `${socket}:/var/run/docker.sock`], Init: true },
      });
      await created.start();
      const [file = ''] = (await readdir(join(folder, 'packages'))).filter((each) => each.endsWith('.deb'));
      // The base image leaves out manual pages.
      const include = '--path-include=/usr/share/man/*';
      await output('dpkg', include, '--install', `/packages/${file}`);
    });
    afterAll(async () => {
      await engine.removeContainer(machine);
      await vcluster(['down', name]);
    });

    it('has the program, the completion of three shells and a manual page for each command', async () => {
      expect(await output('sh', '-c', 'grep VERSION_CODENAME /etc/os-release; which node || true')).toBe(
        `VERSION_CODENAME=${release}`,
      );
      expect(await output('vcluster-box', '--version')).toBe('0.1.0');
      const read = 'gzip -dc /usr/share/man/man1/vcluster-box-node-add.1.gz';
      expect(await output('sh', '-c', read)).toMatch(/^\.SH NAME\nvcluster\\-box\\-node\\-add \\- add nodes/m);
      const files = await output('dpkg', '--listfiles', 'vcluster-box');
      expect(files.match(/\/usr\/share\/\S*(bash-|zsh|fish)\S*\/\S*vcluster-box\S*$/gm)).toEqual([
        '/usr/share/bash-completion/completions/vcluster-box',
        '/usr/share/fish/vendor_completions.d/vcluster-box.fish',
        '/usr/share/zsh/vendor-completions/_vcluster-box',
      ]);
      const script = `
        source /usr/share/bash-completion/completions/vcluster-box
        COMP_LINE='vcluster-box stat' COMP_POINT=17 COMP_WORDS=(vcluster-box stat)
        _vcluster_box && echo "\${COMPREPLY[@]}"`;
      expect(await output('bash', '-c', script)).toBe('status');
    });

    it('prints the completion scripts, and shows a bug with places in the sources', async () => {
      for (const shell of ['bash', 'zsh', 'fish']) {
        expect(await output('vcluster-box', 'completion', shell)).toBe((await succeed(['completion', shell])).stdout);
      }
      const content = `
        const sea = require('node:sea');
        const { getAsset } = sea;
        sea.getAsset = (path) => {
          if (path.endsWith('.bash')) throw new TypeError('broken');
          return getAsset(path);
        };`;
      await engine.writeFiles(machine, [{ path: '/tmp/break.cjs', content, mode: 0o644 }]);
      const broken = await run('env', 'NODE_OPTIONS=--require /tmp/break.cjs', 'vcluster-box', 'completion', 'bash');
      expect(broken.stderr).toMatch(/TypeError: broken\n(?: +at .*\n)* +at readEmbedded \(src\/package-files\.ts:\d+/);
    });

    it(`creates, uses and removes a cluster of Ganeti ${ganeti}, from the same image as the npm package`, async () => {
      await output('vcluster-box', '--quiet', 'up', name, '-n', '1', '--ganeti', ganeti);
      expect((await engine.inspectContainer(containerName(name, 1)))?.image).toBe(image);
      expect(await output('vcluster-box', '-c', name, 'exec', 'node1', 'gnt-cluster', 'getmaster')).toBe(
        'node1.example.com',
      );
      await output('vcluster-box', '--quiet', 'down', name);
      expect(await engine.inspectContainer(containerName(name, 1))).toBeUndefined();
    });
  });
});

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { cliEnvironment, vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';

const examples = resolve(import.meta.dirname, '../../examples');

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

describe.skipIf(!dockerAvailable)('the examples', () => {
  it('vitest: the tests of a RAPI client pass with the packed library, and leave nothing behind', async () => {
    const name = testCluster('example');
    const folder = await copyOf('vitest');
    onTestFinished(async () => {
      await vcluster(['down', name]);
      await rm(folder, { recursive: true });
    });
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
    const devDependencies = { ...manifest.devDependencies, 'vcluster-box': `file:${inject('tarball')}` };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, devDependencies }));
    const options = { cwd: folder, extendEnv: false, reject: false, env: cliEnvironment({ EXAMPLE_CLUSTER: name }) };
    const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
    expect(await execa('npm', install, options)).toExitWith(0);
    const ran = await execa('npm', ['test'], options);
    expect(ran).toExitWith(0);
    const { stdout } = ran;
    expect(stripVTControlCharacters(stdout)).toMatch(/Tests +6 passed \(6\)/);
    expect(await leftOf(await testEngine(), name)).toEqual(nothingLeft);
  }, 600_000);

  it('shell: the job succeeds, and leaves nothing behind', async () => {
    const name = testCluster('example-shell');
    onTestFinished(async () => {
      await vcluster(['down', name]);
    });
    const env = cliEnvironment({ EXAMPLE_CLUSTER: name });
    const path = `${dirname(inject('cli'))}:${env['PATH'] ?? ''}`;
    const ran = await execa(join(examples, 'shell/ci.sh'), {
      extendEnv: false,
      reject: false,
      env: { ...env, PATH: path },
    });
    expect(ran).toExitWith(0);
    const { stdout } = ran;
    expect(stdout).toContain('"status": "running"');
    expect(await leftOf(await testEngine(), name)).toEqual(nothingLeft);
  }, 300_000);
});

async function copyOf(example: string): Promise<string> {
  const folder = await mkdtemp(join(inject('packed'), 'example-'));
  // Excludes what an installation in the clone has left there.
  await cp(join(examples, example), folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
  return folder;
}

import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { removeTestClusters } from './e2e-clusters.ts';
import { removedAtEnd } from './removed-at-end.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** the program as `npm install` of the packed project installs it */
    readonly cli: string;
    /** the installation folder: code that runs there can import the library */
    readonly packed: string;
    /** the packed project */
    readonly tarball: string;
    /** where these runs of it store their logs */
    readonly stateHome: string;
    /** where simulated hosts cache images for those that are started later */
    readonly hostStore: string;
  }
}

/** Packs the project and installs it elsewhere, like a user; removes it and all test clusters at the end. */
export default async function packCli(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-e2e-'));
  // Other users run it, too.
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'state'), { mode: 0o700 });
  const { stdout } = await execa('npm', ['pack', '--silent', '--pack-destination', folder]);
  const tarball = join(folder, stdout.trim().split('\n').at(-1) ?? '');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
  await execa('npm', ['install', ...quiet, '--prefix', folder, tarball]);
  project.provide('cli', join(folder, 'node_modules', '.bin', 'vcluster-box'));
  project.provide('packed', folder);
  project.provide('tarball', tarball);
  project.provide('stateHome', join(folder, 'state'));
  const stores = await removedAtEnd('store');
  project.provide('hostStore', join(stores.folder, 'images'));
  const tidy = async () => {
    await stores.remove();
    await removeTestClusters();
    await rm(folder, { recursive: true, force: true });
  };
  if (env['CI'] !== undefined) await removeTestClusters();
  return tidy;
}

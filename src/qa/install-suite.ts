import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { packEntries } from '../archive/tar.ts';
import { walkEntries } from '../archive/walk-entries.ts';
import { capture } from '../cluster/exec.ts';
import type { Engine } from '../engine/engine.ts';
import { FileError, SliceError } from '../errors.ts';
import { scratchContainer } from '../plan/scratch-container.ts';

const bundle = '/usr/lib/vcluster-box-qa';

/** Paths of the QA suite in its image and, while it runs, in a slice: see `images/qa/`. */
export const qaPaths = {
  parent: '/usr/lib',
  bundle,
  /** installs what the suite needs outside the bundle; `--undo` removes everything */
  setUp: `${bundle}/set-up`,
  /** the directory of the suite's package `qa` */
  suites: `${bundle}/python`,
  /** Python's search path: the suite, and Ganeti's own modules */
  python: `${bundle}/python:/usr/share/ganeti/default`,
  /** runs the suite to the end even if tests fail */
  runner: `${bundle}/run_suite.py`,
  /** the suite's own program, which stops at the first failed test */
  program: `${bundle}/python/qa/ganeti-qa.py`,
  configuration: `${bundle}/configuration.json`,
} as const;

interface Installation {
  /** image that contains the suite */
  readonly image: string;
  /** the engine that has the image */
  readonly imageEngine: Engine;
  /** all slices: tests run commands on their nodes by ssh */
  readonly containers: readonly string[];
  /** a directory with the suite in `qa/`, to use in place of that of the image */
  readonly suite?: string | undefined;
  /** the suite's configuration, as JSON */
  readonly configuration: string;
}

/** @throws {FileError} when a directory has no QA suite */
export async function requireSuite(directory: string): Promise<void> {
  try {
    await access(join(directory, 'qa/ganeti-qa.py'));
  } catch {
    throw new FileError(`${directory} has no QA suite: there is no qa/ganeti-qa.py`, {
      hint: "give the directory of your clone of Ganeti's repository",
    });
  }
}

/** Copies the suite from its image into the running slices of a cluster. */
export async function installSuite(
  engine: Engine,
  { image, imageEngine, containers, suite, configuration }: Installation,
  signal: AbortSignal,
): Promise<void> {
  const archive = await readBundle(imageEngine, image, signal);
  const install = async (container: string) => {
    await engine.writeArchive(container, qaPaths.parent, Readable.from([archive]), signal);
    await engine.writeFiles(container, [{ path: qaPaths.configuration, content: configuration, mode: 0o644 }]);
    await run(engine, container, [qaPaths.setUp]);
    if (suite === undefined) return;
    await run(engine, container, ['rm', '-rf', `${qaPaths.suites}/qa`]);
    await engine.writeArchive(container, qaPaths.suites, packEntries(walkEntries(join(suite, 'qa'), 'qa')), signal);
  };
  await Promise.all(containers.map(install));
}

/** Removes everything that `installSuite` installed, also after a partial installation. */
export async function removeSuite(engine: Engine, containers: readonly string[]): Promise<void> {
  const undo = 'if [ -x "$0" ]; then exec "$0" --undo; else exec rm -rf "$1"; fi';
  const argv = ['sh', '-c', undo, qaPaths.setUp, qaPaths.bundle];
  await Promise.all(containers.map((container) => run(engine, container, argv)));
}

async function run(engine: Engine, container: string, argv: readonly string[]): Promise<void> {
  const { status, stdout, stderr } = await capture(engine, container, argv);
  if (status === 0) return;
  const output = `${stdout}${stderr}`.trimEnd().split('\n').slice(-10);
  throw new SliceError(`cannot prepare container ${container} for the QA suite (exit status ${status})`, { output });
}

/**
 * Reads the suite into memory: a few hundred kB.
 *
 * It is not streamed from one container to another, because an engine locks a container while it transfers an archive.
 */
async function readBundle(engine: Engine, image: string, signal: AbortSignal): Promise<Buffer> {
  const name = `vcluster-box-qa-${randomBytes(6).toString('hex')}`;
  await engine.createContainer(name, scratchContainer(image, ['true']));
  try {
    return await buffer(await engine.readArchive(name, qaPaths.bundle, signal));
  } finally {
    await engine.removeContainer(name);
  }
}

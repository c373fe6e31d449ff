import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Engine } from '../engine/engine.ts';
import { SliceError } from '../errors.ts';
import { throwAwayContainer } from '../plan/throw-away.ts';
import { capture } from '../cluster/capture.ts';

const bundle = '/usr/lib/vcluster-box-qa';

/** Places of the QA suite in its image and, while it runs, in a slice: `images/qa/`. */
export const qaPaths = {
  parent: '/usr/lib',
  bundle,
  /** brings what the suite needs beside itself; `--undo` takes all away */
  equip: `${bundle}/equip`,
  /** where Python finds the suite, and Ganeti's own modules */
  python: `${bundle}/python:/usr/share/ganeti/default`,
  /** runs the suite to its end, whatever fails */
  runner: `${bundle}/run_suite.py`,
  /** the suite's own program, which ends at the first test that fails */
  program: `${bundle}/python/qa/ganeti-qa.py`,
  configuration: `${bundle}/configuration.json`,
} as const;

export interface Equipment {
  /** with the suite */
  readonly image: string;
  /** the engine that has it */
  readonly imageEngine: Engine;
  /** of all slices: tests do things on their nodes by ssh */
  readonly containers: readonly string[];
  /** the suite's, as JSON */
  readonly configuration: string;
}

/** Copies the suite from its image into the running slices of a cluster. */
export async function equip(
  engine: Engine,
  { image, imageEngine, containers, configuration }: Equipment,
  signal: AbortSignal,
): Promise<void> {
  const bundle = await readBundle(imageEngine, image, signal);
  await forEach(containers, async (container) => {
    await engine.writeArchive(container, qaPaths.parent, Readable.from([bundle]), signal);
    await engine.writeFiles(container, [{ path: qaPaths.configuration, content: configuration, mode: 0o644 }]);
    await runEquip(engine, container, [qaPaths.equip]);
  });
}

/** Takes away from slices all that `equip` brought, however far that came. */
export async function unequip(engine: Engine, containers: readonly string[]): Promise<void> {
  await forEach(containers, (container) =>
    runEquip(engine, container, ['sh', '-c', undo, qaPaths.equip, qaPaths.bundle]),
  );
}

async function forEach(containers: readonly string[], act: (container: string) => Promise<void>): Promise<void> {
  await Promise.all(containers.map(act));
}

const undo = 'if [ -x "$0" ]; then exec "$0" --undo; else exec rm -rf "$1"; fi';

async function runEquip(engine: Engine, container: string, argv: readonly string[]): Promise<void> {
  const { status, stdout, stderr } = await capture(engine, container, argv);
  if (status === 0) return;
  const output = `${stdout}${stderr}`.trimEnd().split('\n').slice(-10);
  throw new SliceError(`container ${container} cannot be made ready for the QA suite (status ${status})`, { output });
}

/** A few hundred kB.  An engine locks a container while it reads or writes an archive of it, so first all of it is read. */
async function readBundle(engine: Engine, image: string, signal: AbortSignal): Promise<Buffer> {
  const name = `vcluster-box-qa-${randomBytes(6).toString('hex')}`;
  await engine.createContainer(name, throwAwayContainer(image, ['true']));
  try {
    return await buffer(await engine.readArchive(name, qaPaths.bundle, signal));
  } finally {
    await engine.removeContainer(name);
  }
}

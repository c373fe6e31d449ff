import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Entry } from '../../archive/entry.ts';
import { packEntries } from '../../archive/tar.ts';
import type { GanetiVersion } from '../../config/defaults.ts';
import type { Engine } from '../../engine/engine.ts';
import { ImageError } from '../../errors.ts';
import { readPackageFile } from '../../package-files.ts';
import { runStep } from '../../steps.ts';
import { type Change, misfits, readImageChanges } from '../changes.ts';
import { type CopyContext, imageSteps } from '../distribute-image.ts';
import { imageLabels } from '../labels.ts';
import { checkOwnGaneti, type OwnFits } from './check-own.ts';
import type { OwnGaneti } from './read-own.ts';

const dockerfile = 'images/own/Dockerfile';

/** Hash of everything that an image with Ganeti of the user is built from, except its base image. */
export function ownContextHash(sliceHash: string, own: OwnGaneti): string {
  const parts = [sliceHash, readPackageFile(dockerfile), own.hash];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

export interface OwnImageRequest {
  /** the ordinary slice image */
  readonly slice: string;
  readonly ganeti: GanetiVersion;
  readonly own: OwnGaneti;
  readonly tag: string;
  readonly contextHash: string;
  readonly mirror?: string | undefined;
}

/**
 * Builds an image with Ganeti of the user, one layer on top of the slice image, after a check whether it fits.
 *
 * @returns the changes of vcluster-box that do not fit
 * @throws {ImageError} if it does not fit, or a vital change does not fit it; then nothing was built
 * @throws {BuildFailedError} if the build fails, for example because the archive lacks a dependency
 */
export async function buildOwnImage(
  engine: Engine,
  { slice, ganeti, own, tag, contextHash, mirror }: OwnImageRequest,
  { report, signal }: CopyContext,
): Promise<readonly Change[]> {
  const fits = await runStep(report, imageSteps.checkOwn, async () => {
    const found = await checkOwnGaneti(engine, own, { image: slice, ganeti, signal });
    refuseVital(found, own);
    return found;
  });
  signal.throwIfAborted();
  const buildArgs = { SLICE: slice, KIND: own.kind, ...(mirror !== undefined && { MIRROR: mirror }) };
  const labels = {
    [imageLabels.context]: contextHash,
    [imageLabels.own]: own.hash,
    [imageLabels.ownVersion]: fits.ganeti,
    [imageLabels.ownSource]: fits.source,
  };
  const context = packEntries(contextEntries(own, fits));
  await runStep(report, imageSteps.own, (onLine) =>
    engine.buildImage({ context, tag, buildArgs, labels, signal }, onLine),
  );
  report({ type: 'notice', message: `The image has Ganeti ${fits.ganeti} (${fits.source}).` });
  return misfits(fits.changes ?? (await readImageChanges(engine, tag)));
}

async function* contextEntries(own: OwnGaneti, { chosen, suite }: OwnFits): AsyncGenerator<Entry> {
  const content = Buffer.from(readPackageFile(dockerfile));
  const file = { type: 'file', mode: 0o644, modifiedAt: new Date(0), target: '' } as const;
  yield { ...file, name: 'Dockerfile', size: content.length, body: Readable.from([content], { objectMode: false }) };
  yield* own.entries('own', chosen ?? undefined);
  if (suite !== null) yield* own.entries('suite', [suite]);
  else yield { ...file, type: 'directory', mode: 0o755, name: 'suite', size: 0 };
}

function refuseVital({ ganeti, changes }: OwnFits, own: OwnGaneti): void {
  const vital = misfits(changes ?? []).find((change) => change.vital);
  if (vital === undefined) return;
  const { change, reason = '', lost } = vital;
  const what = `vcluster-box's change ${change} does not fit Ganeti ${ganeti}: ${reason ?? ''}`;
  throw new ImageError(`--${own.kind} ${own.from}: ${what}`, {
    hint: `without it, ${lost}; \`vcluster-box doctor --ganeti --${own.kind}\` lists all changes`,
  });
}

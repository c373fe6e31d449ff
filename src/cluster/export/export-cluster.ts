import { createWriteStream } from 'node:fs';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { checkEntries } from '../../archive/check-entries.ts';
import type { Entry } from '../../archive/entry.ts';
import { FileError, fileError } from '../../errors.ts';
import { packEntries } from '../../archive/tar.ts';
import { stagingName, unpack } from '../../archive/unpack.ts';
import type { Engine } from '../../engine/engine.ts';
import { imageLabels } from '../../image/labels.ts';
import { label } from '../../plan/labels.ts';
import type { Cluster } from '../find.ts';
import { engineOf } from '../fleet/fleet.ts';
import { blankText } from './secrets.ts';
import { gather, type Gathered, toJson } from './gather.ts';

export interface ExportContext {
  /** of vcluster-box */
  readonly version: string;
  readonly signal: AbortSignal;
  /** why there is an export at all, when nobody asked for one */
  readonly failure?: string;
}

export interface Exported {
  /** absolute */
  readonly path: string;
  readonly missing: Gathered['missing'];
}

/**
 * Writes all that a bug report needs, and no secret, into a new directory or a new file, which is a gzipped tar archive if its name
 * ends with `.tar.gz` or `.tgz`.
 *
 * @throws {FileError} when the target is there (and is no empty directory), or cannot be written
 */
export async function exportCluster(
  engine: Engine,
  cluster: Cluster,
  target: string,
  context: ExportContext,
): Promise<Exported> {
  const path = resolve(target);
  const archive = /\.(tar\.gz|tgz)$/.test(path);
  await refuseExisting(path, archive);
  const gathered = await gather(engine, cluster, context.signal);
  const manifest = await describe(engine, cluster, gathered, context);
  const files = new Map([['manifest.json', blankText(toJson(manifest), gathered.secrets)], ...gathered.files]);
  const name = archive ? basename(path).replace(/\.(tar\.gz|tgz)$/, '') : basename(path);
  // Names of files and nodes come from the slice, and lead nowhere else.
  const entries = checkEntries(toEntries(name, files), { root: name, as: name });
  if (archive) await writeArchiveFile(entries, path, context.signal);
  else await unpack(entries, dirname(path), context.signal);
  return { path, missing: gathered.missing };
}

async function refuseExisting(path: string, archive: boolean): Promise<void> {
  try {
    const there = await lstat(path).catch(() => undefined);
    if (there === undefined || (!archive && there.isDirectory() && (await readdir(path)).length === 0)) return;
  } catch (error) {
    throw fileError(error, `write ${path}`);
  }
  throw new FileError(`${path} is there already`, { hint: 'choose another name, or remove it first' });
}

async function describe(
  engine: Engine,
  { name, slices, hosts }: Cluster,
  { files, missing }: Gathered,
  { version, failure }: ExportContext,
) {
  return {
    about: 'What `vcluster-box logs export` gathered for a bug report.  Keys, passwords and digests are blanked.',
    createdAt: new Date().toISOString(),
    vclusterBox: version,
    cluster: name,
    ...(failure !== undefined && { failure }),
    ...(hosts !== undefined && { hosts: hosts.map(({ number, endpoint }) => ({ slice: number, endpoint })) }),
    slices: slices.map(({ name: container, state, image, labels }) => ({
      container,
      state,
      image,
      ganeti: labels[imageLabels.ganeti] ?? null,
      madeBy: labels[label.version] ?? null,
    })),
    engine: await engineOf(engine, slices[0].id)
      .describe()
      .catch((error: unknown) => String(error)),
    files: [...files.keys()].sort(),
    missing,
  };
}

/** For the user's eyes only: names and addresses are nobody else's business before they send it. */
async function* toEntries(root: string, files: ReadonlyMap<string, string>): AsyncGenerator<Entry> {
  const modifiedAt = new Date();
  const directories = new Set<string>();
  for (const [path, content] of files) {
    for (const directory of above(`${root}/${path}`)) {
      if (directories.has(directory)) continue;
      directories.add(directory);
      yield { name: directory, type: 'directory', mode: 0o700, size: 0, modifiedAt, target: '' };
    }
    const bytes = Buffer.from(content);
    const body = Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false });
    yield { name: `${root}/${path}`, type: 'file', mode: 0o600, size: bytes.length, modifiedAt, target: '', body };
  }
  await Promise.resolve();
}

function above(path: string): readonly string[] {
  const components = path.split('/');
  return components.slice(0, -1).map((_, index) => components.slice(0, index + 1).join('/'));
}

async function writeArchiveFile(entries: AsyncIterable<Entry>, path: string, signal: AbortSignal): Promise<void> {
  const draft = resolve(dirname(path), stagingName());
  try {
    const file = createWriteStream(draft, { flags: 'wx', mode: 0o600 });
    await pipeline(packEntries(entries), createGzip(), file, { signal });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    signal.throwIfAborted();
    throw fileError(error, `write ${path}`);
  }
}

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
import { stagingName } from '../../archive/staging.ts';
import { unpack } from '../../archive/unpack.ts';
import type { Engine } from '../../engine/engine.ts';
import { ganetiSourceOf, ganetiVersionOf } from '../../image/labels.ts';
import { label } from '../../plan/labels.ts';
import type { Cluster } from '../find.ts';
import { engineOf } from '../multi-engine/multi-engine.ts';
import { redactText } from './secrets.ts';
import { collectExport, type ExportContents, toJson } from './collect.ts';

export interface ExportContext {
  /** of vcluster-box */
  readonly version: string;
  readonly signal: AbortSignal;
  /** why the export was created, if the user did not request it */
  readonly failure?: string;
}

export interface Exported {
  /** absolute */
  readonly path: string;
  readonly missing: ExportContents['missing'];
}

/**
 * Writes everything that a bug report needs, without secrets, into a new directory, or into a new gzipped tar archive
 * if the name ends with `.tar.gz` or `.tgz`.
 *
 * @throws {FileError} when the target exists (and is not an empty directory) or cannot be written
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
  const contents = await collectExport(engine, cluster, context.signal);
  const manifest = await describe(engine, cluster, contents, context);
  const files = new Map([['manifest.json', redactText(toJson(manifest), contents.secrets)], ...contents.files]);
  const name = archive ? basename(path).replace(/\.(tar\.gz|tgz)$/, '') : basename(path);
  // The names of files and nodes come from the slice and are not trusted.
  const entries = checkEntries(toEntries(name, files), { root: name, as: name });
  if (archive) await writeArchiveFile(entries, path, context.signal);
  else await unpack(entries, dirname(path), context.signal);
  return { path, missing: contents.missing };
}

async function refuseExisting(path: string, archive: boolean): Promise<void> {
  try {
    const existing = await lstat(path).catch(() => undefined);
    if (existing === undefined || (!archive && existing.isDirectory() && (await readdir(path)).length === 0)) return;
  } catch (error) {
    throw fileError(error, `write ${path}`);
  }
  throw new FileError(`${path} already exists`, { hint: 'choose another name, or remove it first' });
}

async function describe(
  engine: Engine,
  { name, slices, hosts }: Cluster,
  { files, missing }: ExportContents,
  { version, failure }: ExportContext,
) {
  return {
    about: 'Output of `vcluster-box logs export` for a bug report.  Keys, passwords and digests are redacted.',
    createdAt: new Date().toISOString(),
    vclusterBox: version,
    cluster: name,
    ...(failure !== undefined && { failure }),
    hosts: hosts.map(({ number, endpoint }) => ({ slice: number, endpoint })),
    slices: slices.map(({ name: container, state, image, labels }) => ({
      container,
      state,
      image,
      ganeti: ganetiVersionOf(labels) ?? null,
      ganetiSource: ganetiSourceOf(labels),
      madeBy: labels[label.version] ?? null,
    })),
    engine: await engineOf(engine, slices[0].id)
      .describe()
      .catch((error: unknown) => String(error)),
    files: [...files.keys()].sort(),
    missing,
  };
}

/** Only the user can read them: an export contains names and addresses, and the user decides whether to share it. */
async function* toEntries(root: string, files: ReadonlyMap<string, string>): AsyncGenerator<Entry> {
  const modifiedAt = new Date();
  const directories = new Set<string>();
  for (const [path, content] of files) {
    for (const directory of parentsOf(`${root}/${path}`)) {
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

function parentsOf(path: string): readonly string[] {
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
    // What cannot be written can often not be removed either.
    await rm(draft, { force: true }).catch(() => undefined);
    signal.throwIfAborted();
    throw fileError(error, `write ${path}`);
  }
}

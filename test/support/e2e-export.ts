import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { readEntries } from '../../src/archive/tar.ts';

export type Exported = ReadonlyMap<string, string>;

/** The content of an export directory: the content of each file by its path in the directory. */
export async function readExportDirectory(directory: string): Promise<Exported> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const read = async (path: string) => [relative(directory, path), await readFile(path, 'utf8')] as const;
  return new Map(await Promise.all(paths.map(read)));
}

/** The content of an export archive: the content of each file by its path below the top directory. */
export async function readExportArchive(file: string): Promise<Exported> {
  const tar: Readable = createReadStream(file).pipe(createGunzip());
  const files = new Map<string, string>();
  for await (const { name, body } of readEntries(tar)) {
    if (body !== undefined) files.set(name.replace(/^[^/]+\//, ''), await text(body));
  }
  return files;
}

/** The export that a failed `up` reports. */
export async function readKeptExport(stderr: string): Promise<Exported> {
  const [, file = ''] = /^Diagnostics for a bug report: (\/\S+\.tar\.gz)$/m.exec(stderr) ?? [];
  return readExportArchive(file);
}

import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import type { Archives, PathDetails } from '../../src/engine/engine.ts';
import { EngineError, FileError } from '../../src/errors.ts';
import type { FakeContainer } from './fake-state.ts';

/** The files in the containers of an in-memory engine. */
export function fakeArchives(get: (key: string) => FakeContainer): Archives {
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous
    readFile: async (key, path) => {
      const container = get(key);
      if (inspect(container, path)?.type === 'directory') throw new FileError(`${path} is not a regular file`);
      return container.files.get(path);
    },
    writeFiles: (key, files) => {
      for (const { path, content } of files) get(key).files.set(path, Buffer.from(content));
      return Promise.resolve();
    },
    inspectPath: (key, path) => Promise.resolve(inspect(get(key), posix.normalize(path))),
    readArchive: (key, path) => Promise.resolve(read(get(key), path)),
    writeArchive: (key, directory, tar) => unpackInto(get(key), directory, tar),
  };
}

export async function unpackInto(
  { files }: FakeContainer,
  directory: string,
  tar: NodeJS.ReadableStream,
): Promise<void> {
  const entries = extract();
  tar.on('error', (error: Error) => {
    entries.destroy(error);
  });
  tar.pipe(entries);
  for await (const entry of entries) {
    const content = await buffer(entry);
    const name = `${entry.header.name}${entry.header.type === 'directory' ? '/' : ''}`;
    files.set(posix.join(directory, name), content);
  }
}

function inspect({ files, links }: FakeContainer, path: string): PathDetails | undefined {
  const target = links.get(path);
  // Files that were added later are newer.
  const modifiedAt = [...files.keys()].indexOf(path);
  if (target !== undefined) return { type: 'symlink', target, size: 0, modifiedAt };
  const file = files.get(path);
  if (file !== undefined) return { type: 'file', target: '', size: file.length, modifiedAt };
  const below = path === '/' ? '/' : `${path}/`;
  if ([...files.keys()].some((name) => name.startsWith(below)))
    return { type: 'directory', target: '', size: 0, modifiedAt };
  return undefined;
}

function read({ files, archives }: FakeContainer, path: string): Readable {
  const ready = archives.get(path);
  if (ready !== undefined) return Readable.from([ready], { objectMode: false });
  const archive = pack();
  const file = files.get(path);
  if (file !== undefined) archive.entry({ name: posix.basename(path) }, file);
  else {
    const directory = posix.normalize(`${path}/`);
    const names = [...files.keys()].filter((name) => name.startsWith(directory));
    if (names.length === 0) throw new EngineError(`no such path: ${path}`);
    const root = posix.basename(path);
    archive.entry({ name: `${root}/`, type: 'directory' });
    for (const name of names) archive.entry({ name: `${root}/${name.slice(directory.length)}` }, files.get(name) ?? '');
  }
  archive.finalize();
  return Readable.from(archive, { objectMode: false });
}

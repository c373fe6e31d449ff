import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findDebianArchive, type PackageSource, type SourcesFile } from './package-sources.ts';

/**
 * The Debian archive that this machine installs its own packages from.
 *
 * @param aptDirectory apt's configuration, usually `/etc/apt`
 * @returns undefined when it uses none
 */
export async function readMachineArchive(aptDirectory: string): Promise<PackageSource | undefined> {
  const archive = findDebianArchive(await readSourcesFiles(aptDirectory));
  if (archive === undefined) return undefined;
  return { ...archive, uri: await resolveMirrorList(archive.uri) };
}

/** In the order in which apt reads them. */
async function readSourcesFiles(aptDirectory: string): Promise<readonly SourcesFile[]> {
  const parts = join(aptDirectory, 'sources.list.d');
  const names = await readdir(parts).catch(() => []);
  const paths = names.filter((name) => /\.(list|sources)$/.test(name)).sort();
  const all = [join(aptDirectory, 'sources.list'), ...paths.map((name) => join(parts, name))];
  const files = all.map(async (name) => ({ name, text: await readFile(name, 'utf8').catch(() => '') }));
  return Promise.all(files);
}

/** Debian's cloud images name a local file that lists archives, which means nothing outside this machine. */
async function resolveMirrorList(uri: string): Promise<string> {
  const path = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];
  if (path === undefined) return uri;
  const list = await readFile(path, 'utf8').catch(() => '');
  return list.split(/\s+/).find((word) => /^https?:/.test(word)) ?? uri;
}

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Where the hosts of clusters are that the engine at hand may know nothing of: a file for each cluster, with an endpoint a line, in
 * the order of its slices.  It is a hint, as `known_hosts` is: nothing is lost with it, for each slice's plan tells of all hosts.
 */
export async function readHosts(stateDirectory: string, cluster: string): Promise<readonly string[]> {
  if (!nameOfFile.test(cluster)) return [];
  const text = await readFile(join(stateDirectory, folder, cluster), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** Names of the clusters that there are hints of, sorted. */
export async function hintedClusters(stateDirectory: string): Promise<readonly string[]> {
  const names = await readdir(join(stateDirectory, folder)).catch(() => []);
  return names.filter((name) => nameOfFile.test(name)).sort();
}

/** @param endpoints as in a plan, in the order of the slices */
export async function rememberHosts(
  stateDirectory: string,
  cluster: string,
  endpoints: readonly string[],
): Promise<void> {
  const file = join(stateDirectory, folder, cluster);
  const draft = join(stateDirectory, folder, `.${cluster}.${randomBytes(4).toString('hex')}`);
  await mkdir(join(stateDirectory, folder), { recursive: true });
  await writeFile(draft, endpoints.map((endpoint) => `${endpoint}\n`).join(''), { mode: 0o600 });
  await rename(draft, file);
}

export async function forgetHosts(stateDirectory: string, cluster: string): Promise<void> {
  if (!nameOfFile.test(cluster)) return;
  // Where it cannot be removed, there is none; and it is no more than a hint.
  await rm(join(stateDirectory, folder, cluster), { force: true }).catch(() => undefined);
}

const folder = 'hosts';

/** What a cluster may be called; nothing that leads to another folder. */
const nameOfFile = /^[a-z0-9][a-z0-9-]*$/;

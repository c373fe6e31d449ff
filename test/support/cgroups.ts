import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes the control groups of that name, and those in them, of all hierarchies there are.  They must have no processes;
 * the kernel takes a moment to see that.
 */
export async function removeCgroups(name: string): Promise<void> {
  const root = '/sys/fs/cgroup';
  // Version 1 has a folder for each controller, version 2 none.
  const controllers = await readdir(root, { withFileTypes: true });
  const places = [root, ...controllers.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name))];
  await Promise.all(places.map((place) => removeTree(join(place, name))));
}

async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => removeTree(join(folder, entry.name))),
  );
  // What is left when it is in use is empty, and costs nothing.
  await rmdir(folder).catch(() => undefined);
}

import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { scratchContainer } from '../plan/scratch-container.ts';

/**
 * Reads the code name of the Debian release in an image, from a container that is never started.
 *
 * @returns `undefined` if the image has none
 */
export async function readRelease(engine: Engine, image: string): Promise<string | undefined> {
  const name = `vcluster-box-look-${randomBytes(6).toString('hex')}`;
  // Without a command, containers cannot be created from images that have none.
  await engine.createContainer(name, scratchContainer(image, ['true']));
  try {
    // /etc/os-release is usually a link, and an archive of it contains only the link.
    const file =
      (await engine.readFile(name, '/usr/lib/os-release')) ?? (await engine.readFile(name, '/etc/os-release'));
    return file && parseCodename(file.toString());
  } finally {
    await engine.removeContainer(name);
  }
}

/** Parses `VERSION_CODENAME` of an `os-release` file, in which values can be quoted. */
export function parseCodename(osRelease: string): string | undefined {
  return /^VERSION_CODENAME=["']?([\w-]+)["']?\s*$/m.exec(osRelease)?.[1];
}

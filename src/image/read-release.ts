import { randomBytes } from 'node:crypto';
import { type Engine } from '../engine/engine.ts';
import { scratchContainer } from '../plan/scratch-container.ts';

/**
 * The code name of the Debian release in an image, from a container that is made of it and never started.
 *
 * @returns undefined when the image does not say
 */
export async function readRelease(engine: Engine, image: string): Promise<string | undefined> {
  const name = `vcluster-box-look-${randomBytes(6).toString('hex')}`;
  // Images without a command cannot be made a container of otherwise.
  await engine.createContainer(name, scratchContainer(image, ['true']));
  try {
    // In /etc there is a link to it, and the archive of a link is only the link.
    const file =
      (await engine.readFile(name, '/usr/lib/os-release')) ?? (await engine.readFile(name, '/etc/os-release'));
    return file && parseCodename(file.toString());
  } finally {
    await engine.removeContainer(name);
  }
}

/** `VERSION_CODENAME` of an `os-release` file, whose values may be quoted as in a shell. */
export function parseCodename(osRelease: string): string | undefined {
  return /^VERSION_CODENAME=["']?([\w-]+)["']?\s*$/m.exec(osRelease)?.[1];
}

import type { Engine, FileToWrite } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { slicePaths } from '../../plan/slice-paths.ts';

/**
 * What all slices of a cluster have in common, from one that has it: keys, and RAPI's password.
 *
 * @throws {SliceError} when it has not
 */
export async function readSecrets(engine: Engine, container: string): Promise<readonly FileToWrite[]> {
  const all = [slicePaths.sshHostKey, slicePaths.sshRootKey, slicePaths.rapiPassword];
  return Promise.all(
    all.map(async (path) => {
      const content = await engine.readFile(container, path);
      if (content === undefined) throw new SliceError(`container ${container} has no ${path}, which all slices share`);
      return { path, content, mode: 0o600 };
    }),
  );
}

/** Copies OS definitions that the user has brought, from a slice to another that runs. */
export async function copyDefinitions(
  from: { readonly engine: Engine; readonly container: string },
  to: { readonly engine: Engine; readonly container: string },
  signal: AbortSignal,
): Promise<void> {
  const path = slicePaths.osDefinitions;
  if ((await from.engine.inspectPath(from.container, path))?.type !== 'directory') return;
  const tar = await from.engine.readArchive(from.container, path, signal);
  await to.engine.writeArchive(to.container, path.slice(0, path.lastIndexOf('/')), tar, signal);
}

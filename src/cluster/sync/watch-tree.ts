import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { FileError, fileError } from '../../errors.ts';
import { isSynced, type SourceTree, syncedDirectories } from './source-tree.ts';

/** Editors write a file in several steps, and a checkout many files. */
const settleMs = 50;

/**
 * Calls `changed` after each change of a file that is synced, one call after another, until `signal` aborts.
 *
 * @throws {FileError} when the directories cannot be watched
 * @throws what `changed` throws
 */
export async function watchTree(
  { directory }: SourceTree,
  changed: () => Promise<void>,
  signal: AbortSignal,
): Promise<never> {
  const watchers: FSWatcher[] = [];
  try {
    return await new Promise<never>((_resolve, reject) => {
      const run = runAfterChanges(changed, reject);
      for (const top of syncedDirectories) {
        try {
          const watcher = watch(join(directory, top), { recursive: true }, (_event, name) => {
            if (name === null || isSynced(`${top}/${name}`)) run();
          });
          watcher.on('error', (error) => {
            reject(new FileError(`cannot watch ${directory}: ${error.message}`));
          });
          watchers.push(watcher);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
            throw fileError(error, `watch ${join(directory, top)}`);
        }
      }
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      signal.throwIfAborted();
    });
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

/** @returns a function that has `changed` called once more, after the call that runs */
function runAfterChanges(changed: () => Promise<void>, failed: (error: Error) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let again = false;
  const start = () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    changed()
      .catch(failed)
      .finally(() => {
        running = false;
        if (!again) return;
        again = false;
        start();
      });
  };
  return () => {
    clearTimeout(timer);
    timer = setTimeout(start, settleMs);
  };
}

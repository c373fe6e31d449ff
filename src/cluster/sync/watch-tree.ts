import { join, relative } from 'node:path';
import { FileError } from '../../errors.ts';
import { isSynced, type SourceTree, syncedDirectories } from './source-tree.ts';

/** Editors write a file in several steps, and a checkout many files. */
const settleMs = 50;

/**
 * Calls `changed` after each change of a file that is synced, one call after another, until `signal` aborts.
 *
 * @param ready is called first, when no change is missed any more
 * @throws {FileError} when the directories cannot be watched
 * @throws what `ready` or `changed` throws
 */
export async function watchTree(
  { directory }: SourceTree,
  { ready, changed, signal }: { ready: () => Promise<void>; changed: () => Promise<void>; signal: AbortSignal },
): Promise<never> {
  signal.throwIfAborted();
  // Loaded on demand: only `--watch` needs it.
  const { watch } = await import('chokidar');
  const nameOf = (path: string) => relative(directory, path);
  const watcher = watch(
    syncedDirectories.map((top) => join(directory, top)),
    { ignoreInitial: true, ignored: (path, stats) => stats?.isFile() === true && !isSynced(nameOf(path)) },
  );
  try {
    return await new Promise<never>((_resolve, reject) => {
      const run = oneAfterAnother(reject);
      let timer: NodeJS.Timeout | undefined;
      watcher.on('ready', () => {
        run(ready);
      });
      watcher.on('all', () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          run(changed);
        }, settleMs);
      });
      watcher.on('error', (error) => {
        reject(new FileError(`cannot watch ${directory}: ${error instanceof Error ? error.message : String(error)}`));
      });
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  } finally {
    await watcher.close();
  }
}

/** @returns a function that calls another one after the call that runs; of those that wait, only the last is called */
function oneAfterAnother(failed: (error: Error) => void): (call: () => Promise<void>) => void {
  let running = false;
  let next: (() => Promise<void>) | undefined;
  const run = (call: () => Promise<void>) => {
    if (running) {
      next = call;
      return;
    }
    running = true;
    call()
      .catch(failed)
      .finally(() => {
        running = false;
        const waiting = next;
        next = undefined;
        if (waiting !== undefined) run(waiting);
      });
  };
  return run;
}

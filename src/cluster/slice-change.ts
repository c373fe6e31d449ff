import type { ContainerDetails, Engine } from '../engine/engine.ts';
import { waitUntil } from '../wait.ts';

/** What happened to a slice while something ran in it. */
type SliceChange = 'removed' | 'stopped' | 'restarted' | 'paused';

/** @param timeoutMs how long to wait for a change: the end of a command comes a moment before that of its container */
export type ChangeOf = (timeoutMs?: number) => Promise<SliceChange | undefined>;

/**
 * Notes the state of a slice, for commands after a delay: it takes a request, and most commands end soon.
 *
 * @returns a function that finds out what has happened to the slice since then; `undefined` if nothing has
 */
export function watchSlice(engine: Engine, container: string, delayMs = 0): ChangeOf {
  let then: ContainerDetails | undefined;
  const note = async () => {
    then = await engine.inspectContainer(container).catch(() => undefined);
  };
  if (delayMs === 0) void note();
  else setTimeout(() => void note(), delayMs).unref();
  const changed = async () => {
    const now = await engine.inspectContainer(container);
    if (now === undefined) return 'removed';
    // Nothing starts in a paused slice, so it was paused since.
    if (now.state === 'paused') return 'paused';
    if (then?.state === now.state) return then.startedAt === now.startedAt ? undefined : 'restarted';
    return now.state === 'running' ? undefined : 'stopped';
  };
  return (timeoutMs = 0) => waitUntil(changed, { timeoutMs, intervalMs: 50 }).catch(() => undefined);
}

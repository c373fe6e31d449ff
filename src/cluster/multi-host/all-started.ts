import type { Report } from '../../events.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { capture } from '../exec.ts';
import type { SliceHost } from '../up/hosts.ts';

/** By then, slices that can reach one another have done so, and need not be notified. */
const delayMs = 2000;

/** The step in which slices wait for one another. */
const waitingStep = 'peers';

/**
 * Notifies all slices when all of them run.  A slice cannot see that: it waits long for others, which might not have
 * been started yet.  After this it waits a short time only, because what it cannot reach then is blocked.
 *
 * @returns where the boots are to be reported, and how to stop
 */
export function watchAllStarted(
  hosts: readonly Pick<SliceHost, 'engine' | 'container'>[],
  report: Report,
): { readonly report: Report; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
  };
  const watch: Report = (event) => {
    if ('id' in event && event.id === waitingStep) {
      // The step starts when the last slice has reached it.
      if (event.type === 'step-started') timer = setTimeout(() => void notify(hosts), delayMs).unref();
      else if (event.type !== 'step-progress') stop();
    }
    report(event);
  };
  return { report: watch, stop };
}

/** A slice that does not get it waits as long as it does without this program. */
async function notify(hosts: readonly Pick<SliceHost, 'engine' | 'container'>[]): Promise<void> {
  await Promise.allSettled(
    hosts.map(({ engine, container }) => capture(engine, container, [slicePaths.program, 'all-started'])),
  );
}

import type { Engine } from '../../engine/engine.ts';
import type { Report } from '../../events.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { capture } from '../capture.ts';

/** Slices that get through to one another have found that by then, and need not be told anything. */
const sufficientMs = 2000;

/** In which slices wait for one another, at the first start. */
const waitingStep = 'peers';

interface Slice {
  readonly engine: Engine;
  readonly container: string;
}

export interface Watched {
  /** what the merged account of the boots goes to */
  readonly report: Report;
  readonly stop: () => void;
}

/**
 * Tells all slices that all of them run, once they do: a slice cannot see the others, and waits long for those that may
 * just not be there yet.  What does not get through then will not later, so from then on they wait for a short time only.
 */
export function tellAllStarted(slices: readonly Slice[], report: Report): Watched {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
  };
  const watch: Report = (event) => {
    if ('id' in event && event.id === waitingStep) {
      // The merged account is at a step when the last slice has come to it, and past it when the last has done it.
      if (event.type === 'step-started') timer = setTimeout(() => void tell(slices), sufficientMs).unref();
      else if (event.type !== 'step-progress') stop();
    }
    report(event);
  };
  return { report: watch, stop };
}

/** A slice that cannot be told waits as long as it does without the command line tool. */
async function tell(slices: readonly Slice[]): Promise<void> {
  await Promise.allSettled(
    slices.map(({ engine, container }) => capture(engine, container, [slicePaths.program, 'all-started'])),
  );
}

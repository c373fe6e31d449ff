import { setTimeout as wait } from 'node:timers/promises';
import type { Signaller } from './exec-signals.ts';

const patienceMs = 1000;
const pauseMs = 50;

/**
 * Ends a command whose output nobody reads any more.
 *
 * The pipe it writes to is the engine's, and does not break, so it is told by signal.  Python, and so Ganeti's commands,
 * ignore SIGPIPE because a write fails as well; here it does not, so they get SIGTERM.
 */
export async function endAfterBrokenPipe(send: Signaller): Promise<void> {
  try {
    await send('PIPE');
    const deadline = performance.now() + patienceMs;
    while (await send('0')) {
      if (performance.now() > deadline) {
        await send('TERM');
        return;
      }
      await wait(pauseMs);
    }
  } catch {
    // The slice or the engine is gone, and the command with it: there is nobody left to tell either.
  }
}

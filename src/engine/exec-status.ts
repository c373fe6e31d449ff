import { setTimeout as wait } from 'node:timers/promises';
import type { Exec } from 'dockerode';

const firstPauseMs = 10;
const longestPauseMs = 500;

/**
 * Waits for the command's end.  It comes after the end of its output: a little, or long if the command closed its
 * stdout and stderr itself.  The engine has no call that waits for it.
 */
export async function awaitExitStatus(session: Exec, signal: AbortSignal | undefined): Promise<number> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const { Running, ExitCode } = await session.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await wait(pauseMs, undefined, { signal });
  }
}

import { setTimeout as wait } from 'node:timers/promises';
import type { Exec } from 'dockerode';
import type { ExecStreams, TerminalSize } from './engine.ts';

const attempts = 10;

/** Gives the command's terminal our size, now and whenever ours changes.  Returns how to stop. */
export function followSize(
  session: Exec,
  size: TerminalSize | undefined,
  onResize: ExecStreams['onResize'],
): () => void {
  if (size !== undefined) void resize(session, size, attempts);
  return onResize?.((changed) => void resize(session, changed, attempts)) ?? (() => undefined);
}

/** The engine refuses as long as the command is about to start; if it never does, a wrong size does no harm. */
async function resize(session: Exec, { rows, columns }: TerminalSize, attemptsLeft: number): Promise<void> {
  try {
    await session.resize({ h: rows, w: columns });
  } catch {
    if (attemptsLeft <= 1) return;
    await wait(10 * (attempts + 1 - attemptsLeft));
    await resize(session, { rows, columns }, attemptsLeft - 1);
  }
}

import { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import type { Signal, Signals } from './signals.ts';

/**
 * Sends a signal, by its name without `SIG`, to a command in a slice and all that it started; `0` only asks.
 *
 * @returns whether there was anything to send it to
 */
export type Signaller = (name: string) => Promise<boolean>;

/** @param id that under which `exec-on-node` started the command */
export function signaller(engine: Engine, container: string, id: string): Signaller {
  return async (name) => {
    const nowhere = () =>
      new Writable({
        write: (_chunk, _encoding, done) => {
          done();
        },
      });
    const command = { argv: [slicePaths.signalExec, id, name] };
    return (await engine.exec(container, command, { stdout: nowhere(), stderr: nowhere() })) === 0;
  };
}

const enough = 3;
const killPatienceMs = 2000;
const pauseMs = 100;

/**
 * Hands on each signal.  At the third, the user wants out: the command is killed, and `giveUp` called.
 *
 * @returns how to stop
 */
export function forwardSignals(signals: Signals, send: Signaller, giveUp: (signal: Signal) => void): () => void {
  const stopped = new AbortController();
  let count = 0;
  const stopListening = signals.on((signal) => {
    count += 1;
    if (count < enough) void deliver(send, signal.slice('SIG'.length), stopped.signal);
    else if (count === enough)
      void killWithin(send, killPatienceMs).then(() => {
        giveUp(signal);
      });
    else giveUp(signal);
  });
  return () => {
    stopListening();
    stopped.abort();
  };
}

/** Kills a command, also one that is only about to begin. */
export async function killSurely(send: Signaller): Promise<void> {
  await deliver(send, 'KILL', AbortSignal.timeout(killPatienceMs));
}

/** A signal may come before the command has begun; it is kept for it until then. */
async function deliver(send: Signaller, name: string, stopped: AbortSignal): Promise<void> {
  try {
    while (!stopped.aborted && !(await send(name))) await wait(pauseMs, undefined, { signal: stopped });
  } catch {
    // The engine refuses because the slice is gone, which the command's own exec tells; or we were stopped.
  }
}

async function killWithin(send: Signaller, patienceMs: number): Promise<void> {
  const killed = send('KILL').catch(() => false);
  await Promise.race([killed, wait(patienceMs, undefined, { ref: false })]);
}

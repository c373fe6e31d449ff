import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { abortOn } from '../../../../src/cluster/up/interruption.ts';
import { fakeSignals } from '../../../support/fake-signals.ts';

it('aborts at the first signal, with that signal as the reason', () => {
  const signals = fakeSignals();
  const { signal } = abortOn(signals);
  expect(signal.aborted).toBe(false);
  signals.send('SIGTERM');
  expect(signal.reason).toMatchObject({ exitCode: 143 });
});

it('listens until the first signal has been delivered to all, and ignores a second one', async () => {
  const signals = fakeSignals();
  abortOn(signals);
  signals.send('SIGINT');
  // `signal-exit`, a dependency of execa, ends the process itself when it finds no other listener.
  expect(signals.listeners()).toBe(1);
  await setImmediate();
  expect(signals.listeners()).toBe(0);
});

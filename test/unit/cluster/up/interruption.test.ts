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

it('listens until the first signal has been handed to all, and to no second one', async () => {
  const signals = fakeSignals();
  abortOn(signals);
  signals.send('SIGINT');
  // `signal-exit`, which execa brings, ends the process by itself when it finds nobody else listening.
  expect(signals.listeners()).toBe(1);
  await setImmediate();
  expect(signals.listeners()).toBe(0);
});

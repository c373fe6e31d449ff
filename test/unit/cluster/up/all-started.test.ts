import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitReady } from '../../../../src/cluster/up/follow-boot.ts';
import { bootSteps } from '../../../../src/cluster/up/steps.ts';
import type { Engine, LogLine } from '../../../../src/engine/engine.ts';
import { fakeEngine } from '../../../support/fake-engine.ts';
import { fakeContainer } from '../../../support/fake-state.ts';

const steps = bootSteps({ hosts: 2, instances: 0 });
const line = (event: object): LogLine => ({ stream: 'stdout', text: JSON.stringify(event) });
const begin = (step: string) => line({ type: 'step-started', step });

/** A slice that reports its progress when a test tells it to. */
function slowSlice(endpoint: string, notified: string[]) {
  const lines: LogLine[] = [];
  let wake: () => void = () => undefined;
  const engine: Engine = {
    ...fakeEngine({
      containers: [fakeContainer({ name: endpoint })],
      onExec: (container, { argv }) => {
        notified.push(`${container} ${argv.slice(1).join(' ')}`);
        return 0;
      },
    }),
    async *followLogs(_container, { signal }) {
      while (signal?.aborted !== true) {
        const next = lines.shift();
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
            signal?.addEventListener('abort', () => {
              resolve();
            });
          });
      }
    },
  };
  const say = async (...more: readonly LogLine[]) => {
    lines.push(...more);
    wake();
    await vi.advanceTimersByTimeAsync(1);
  };
  return { number: 1, named: true, endpoint, engine, container: endpoint, say };
}

describe('slices that verify the network between them', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const boot = async () => {
    const notified: string[] = [];
    const slices = ['alpha', 'beta'].map((endpoint) => slowSlice(endpoint, notified)) as [Slow, Slow];
    const waiting = { timeoutSeconds: 600, steps, signal: new AbortController().signal, report: () => undefined };
    const outcome = waitReady(slices, waiting).then(
      () => 'ready',
      (error: unknown) => String(error),
    );
    await vi.advanceTimersByTimeAsync(1);
    return { notified, slices, outcome };
  };
  type Slow = ReturnType<typeof slowSlice>;

  it('are notified that all of them run, if they cannot connect soon after the last one has started', async () => {
    const { notified, slices, outcome } = await boot();
    const [alpha, beta] = slices;
    await alpha.say(begin('peers'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(notified).toEqual([]);
    await beta.say(begin('peers'));
    await vi.advanceTimersByTimeAsync(2000);
    expect(notified).toEqual(['alpha all-started', 'beta all-started']);
    await beta.say(line({ type: 'failed', step: 'peers', title: 'Proving', message: 'nothing comes from alpha' }));
    await vi.advanceTimersByTimeAsync(3000);
    expect(await outcome).toContain('host beta: Proving failed: nothing comes from alpha');
  });

  it('are not notified if they connect, or if one fails first', async () => {
    const { notified, slices, outcome } = await boot();
    for (const slice of slices) await slice.say(begin('peers'), begin('init'));
    await vi.advanceTimersByTimeAsync(10_000);
    for (const slice of slices) await slice.say(line({ type: 'ready' }));
    expect(await outcome).toBe('ready');
    expect(notified).toEqual([]);

    const other = await boot();
    const [alpha, beta] = other.slices;
    await alpha.say(begin('peers'));
    await beta.say(line({ type: 'failed', step: 'check', title: 'Checking', message: 'no room' }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await other.outcome).toContain('host beta: Checking failed: no room');
    expect(other.notified).toEqual([]);
  });
});

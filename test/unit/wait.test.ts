import { describe, expect, it } from 'vitest';
import { waitUntil, withTimeout } from '../../src/wait.ts';

describe('waitUntil', () => {
  it('returns the first answer', async () => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return Promise.resolve(asked < 3 ? undefined : asked);
    };
    expect(await waitUntil(ask, { timeoutMs: 60_000, intervalMs: 1 })).toBe(3);
  });

  it('asks once more at the deadline, then returns undefined', async () => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return Promise.resolve<string | undefined>(undefined);
    };
    expect(await waitUntil(ask, { timeoutMs: 0, intervalMs: 1 })).toBeUndefined();
    expect(asked).toBe(1);
  });

  it('throws the reason of its signal', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    const ask = () => Promise.resolve(undefined);
    await expect(waitUntil(ask, { timeoutMs: 60_000, intervalMs: 1, signal })).rejects.toThrow('interrupted');
  });

  it('lets the error of an attempt through', async () => {
    const refuse = () => Promise.reject(new Error('refused'));
    await expect(waitUntil(refuse, { timeoutMs: 60_000, intervalMs: 1 })).rejects.toThrow('refused');
  });
});

describe('withTimeout', () => {
  it('returns what the promise gives in time', async () => {
    expect(await withTimeout(Promise.resolve(7), 60_000)).toBe(7);
  });

  it('returns undefined when it takes longer', async () => {
    expect(await withTimeout(new Promise(() => undefined), 1)).toBeUndefined();
  });

  it('throws what the promise rejects with in time', async () => {
    await expect(withTimeout(Promise.reject(new Error('refused')), 60_000)).rejects.toThrow('refused');
  });
});

import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { untilEnded } from '../support/slice-events.ts';
import { createSlice, startSlice } from '../support/slice.ts';

const endingIn = (seconds: number) => (plan: Plan) => {
  return { ...plan, expires: new Date(Date.now() + seconds * 1000).toISOString() };
};

describe.skipIf(!dockerAvailable)('a slice that expires', () => {
  it('shuts down then, with status 0, and does not boot again', async () => {
    await using slice = await startSlice({ nodes: 1, plan: endingIn(20) });
    await untilEnded(slice.engine, slice.container);
    const ended = async () => (await slice.engine.inspectContainer(slice.container))?.exitCode;
    expect(await ended()).toBe(0);
    const events = (await slice.log()).map(({ type }) => type);
    expect(events.slice(-3)).toEqual(['expired', 'stopping', 'stopped']);
    await slice.engine.startContainer(slice.container);
    await expect.poll(async () => (await slice.log()).length, { timeout: 20_000 }).toBe(events.length + 3);
    expect((await slice.log()).map(({ type }) => type).slice(events.length)).toEqual([
      'expired',
      'stopping',
      'stopped',
    ]);
  });

  it('exits with 143 when it is stopped before, so that a restarted engine starts it again', async () => {
    await using slice = await startSlice({ nodes: 1, plan: endingIn(3600) });
    await slice.engine.stopContainer(slice.container, 30);
    expect((await slice.engine.inspectContainer(slice.container))?.exitCode).toBe(143);
  });

  it('exits with 0 when its user stops it, and only that time', async () => {
    await using slice = await startSlice({ nodes: 1, plan: endingIn(3600) });
    const exitCode = async () => {
      await slice.engine.stopContainer(slice.container, 30);
      return (await slice.engine.inspectContainer(slice.container))?.exitCode;
    };
    await slice.engine.writeFiles(slice.container, [{ path: slicePaths.rest, content: '', mode: 0o644 }]);
    expect(await exitCode()).toBe(0);
    await slice.start();
    expect(await exitCode()).toBe(143);
  });

  it('refuses a plan with an invalid date', async () => {
    await using slice = await createSlice({ nodes: 1, plan: (plan) => ({ ...plan, expires: 'tomorrow' }) });
    await slice.engine.startContainer(slice.container);
    await expect
      .poll(async () => (await slice.log()).at(-1), { timeout: 20_000 })
      .toMatchObject({
        type: 'failed',
        message: "the plan has 'tomorrow' in 'expires', which is not datetime",
      });
  });
});

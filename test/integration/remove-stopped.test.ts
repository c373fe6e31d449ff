import { describe, expect, it } from 'vitest';
import { startBox } from '../support/box.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';

describe.skipIf(!dockerAvailable)('a container', () => {
  it('is removed by removeStopped unless it runs or is paused', async () => {
    const engine = await testEngine();
    await using box = await startBox(engine);
    const { finishedAt } = (await engine.inspectContainer(box.name)) ?? {};
    expect(finishedAt).toBe('');
    expect(await engine.removeStopped(box.name)).toBe(false);
    const handle = (await docker()).getContainer(box.name);
    await handle.pause();
    expect(await engine.removeStopped(box.name)).toBe(false);
    await handle.unpause();
    await engine.stopContainer(box.name, 0);
    const ended = Date.parse((await engine.inspectContainer(box.name))?.finishedAt ?? '');
    expect(Math.abs(Date.now() - ended)).toBeLessThan(60_000);
    expect(await engine.removeStopped(box.name)).toBe(true);
    expect(await engine.inspectContainer(box.name)).toBeUndefined();
    expect(await engine.removeStopped(box.name)).toBe(true);
  });
});

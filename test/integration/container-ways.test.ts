import { describe, expect, it } from 'vitest';
import { createBox, startBox } from '../support/box.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';

describe.skipIf(!dockerAvailable)('a container', () => {
  it('may have another program, another user, and a file system that it cannot write to', async () => {
    const engine = await testEngine();
    const given = {
      entrypoint: ['sh', '-c', 'echo "$0"; cat /dev/null > /file || echo "not written"'],
      user: '65534:65534',
    };
    await using box = await createBox(engine, { ...given, command: ['mine'], readOnly: true, noHealthCheck: true });
    await engine.startContainer(box.name);
    const lines: string[] = [];
    for await (const { stream, text } of engine.followLogs(box.name, { follow: true })) {
      if (stream === 'stdout') lines.push(text);
    }
    expect(lines).toEqual(['mine', 'not written']);
    expect(await engine.inspectContainer(box.name)).toMatchObject({
      network: 'none',
      restartPolicy: 'no',
      health: 'none',
    });
  });

  it('is inspected in the words of the engine, for people', async () => {
    const engine = await testEngine();
    await using box = await createBox(engine);
    expect(await engine.inspectRaw(box.name)).toMatchObject({
      Name: `/${box.name}`,
      State: { Status: 'created' },
      Config: { Labels: { 'vcluster-box.test': 'engine' } },
    });
    expect(await engine.inspectRaw('vcluster-box-test-nobody')).toBeUndefined();
  });

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

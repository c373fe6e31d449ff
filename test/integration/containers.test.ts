import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSettings, Engine } from '../../src/engine/engine.ts';
import { AddressMissingError, EngineError, NameTakenError, PortTakenError } from '../../src/errors.ts';
import { capture } from '../support/capture.ts';
import { createBox, startBox } from '../support/box.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { freePort } from '../support/free-port.ts';

describe.skipIf(!dockerAvailable)('a container', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
  });

  it('is found by its labels until it is removed', async () => {
    const box = await createBox(engine, { labels: { 'vcluster-box.test': 'engine', mine: 'a=b' } });
    const names = async (mine: string) =>
      (await engine.findContainers({ 'vcluster-box.test': '', mine })).map(({ name }) => name);
    expect(await names('a=b')).toEqual([box.name]);
    expect(await names('a')).toEqual([]);
    await engine.removeContainer(box.name);
    expect(await names('a=b')).toEqual([]);
  });

  it('is not found by labels that it only has from its image, as after a commit', async () => {
    const labels = { 'vcluster-box.test': 'engine', 'vcluster-box.mark': 'a', 'vcluster-box.run': '1' };
    await using origin = await createBox(engine, { labels });
    const image = `vcluster-box-test:commit-${origin.name.slice(-12)}`;
    const [repo, tag] = image.split(':');
    await (await docker()).getContainer(origin.name).commit({ repo, tag });
    const marked = async () =>
      (await engine.findContainers({ 'vcluster-box.mark': 'a' })).map(({ name }) => name).sort();
    await using foreign = await createBox(engine, { image, labels: { other: 'b' } }, `my-${origin.name}`);
    await using ours = await createBox(engine, { image, labels: { ...labels, 'vcluster-box.run': '2' } });
    expect(await marked()).toEqual([origin.name, ours.name].sort());
    expect((await engine.findContainers({})).map(({ name }) => name)).toContain(foreign.name);
    // Not even when the image does not exist any more, so that its labels cannot be compared.
    await (await docker()).getImage(image).remove({ force: true });
    expect(await marked()).toEqual([origin.name, ours.name].sort());
  });

  it('has the settings that it was created with', async () => {
    const settings: Partial<ContainerSettings> = {
      labels: { 'vcluster-box.test': 'engine' },
      memory: 64 * 1024 ** 2,
      nanoCpus: 500_000_000,
      pidsLimit: 99,
      ports: [{ containerPort: 80, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 45_080 }],
    };
    await using box = await createBox(engine, settings);
    expect(await engine.inspectContainer(box.name)).toMatchObject({ name: box.name, state: 'created', ...settings });
  });

  it('can have its limits changed while it runs; limits left out stay unchanged', async () => {
    await using box = await startBox(engine, { memory: 64 * 1024 ** 2, pidsLimit: 99 });
    await engine.updateLimits(box.name, { memory: 256 * 1024 ** 2 });
    expect(await engine.inspectContainer(box.name)).toMatchObject({ memory: 256 * 1024 ** 2, pidsLimit: 99 });
    await engine.updateLimits(box.name, { pidsLimit: 199 });
    expect(await engine.inspectContainer(box.name)).toMatchObject({ memory: 256 * 1024 ** 2, pidsLimit: 199 });
  });

  it('is slowed down when it uses more than its part of the CPUs', async ({ skip }) => {
    if ((await engine.describe()).unlimited.includes('CPU')) skip('the engine does not limit the use of CPUs');
    await using box = await startBox(engine, { nanoCpus: 0.05 * 1e9 });
    // Busy until the kernel has made it wait: in control groups of either version.
    const busy = `
      while :; do
        for file in /sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu/cpu.stat; do
          [ -e $file ] && while read -r name value; do
            [ $name != nr_throttled ] || [ $value = 0 ] || exit 7
          done < $file
        done
      done`;
    expect(await capture(engine, box.name, { argv: ['sh', '-c', busy] })).toMatchObject({ status: 7, stderr: '' });
  });

  it('cannot have its limits changed if it does not exist', async () => {
    await expect(engine.updateLimits('vcluster-box-test-nobody', { pidsLimit: 9 })).rejects.toThrow(EngineError);
  });

  it('cannot have the name of another container', async () => {
    await using box = await createBox(engine);
    await expect(createBox(engine, {}, box.name)).rejects.toThrow(NameTakenError);
  });

  it('can be started, stopped and removed twice without an error', async () => {
    await using box = await startBox(engine);
    const state = async () => (await engine.inspectContainer(box.name))?.state;
    await engine.startContainer(box.name);
    expect(await state()).toBe('running');
    await engine.stopContainer(box.name, 0);
    await engine.stopContainer(box.name, 0);
    expect(await state()).toBe('exited');
    await engine.removeContainer(box.name);
    await engine.removeContainer(box.name);
    await engine.stopContainer(box.name, 0);
    expect(await state()).toBeUndefined();
  });

  it('can be paused and unpaused, and can be stopped and removed while paused', async () => {
    await using box = await startBox(engine);
    const state = async () => (await engine.inspectContainer(box.name))?.state;
    await engine.pauseContainer(box.name);
    expect(await state()).toBe('paused');
    await expect(engine.pauseContainer(box.name)).rejects.toThrow(EngineError);
    await engine.unpauseContainer(box.name);
    expect(await state()).toBe('running');
    await expect(engine.unpauseContainer(box.name)).rejects.toThrow(EngineError);
    await engine.pauseContainer(box.name);
    await engine.stopContainer(box.name, 1);
    expect(await state()).toBe('exited');
    await engine.startContainer(box.name);
    await engine.pauseContainer(box.name);
    await engine.removeContainer(box.name);
    expect(await state()).toBeUndefined();
  });

  it('can be removed by two processes at the same time', async () => {
    const { name } = await startBox(engine);
    await Promise.all([engine.removeContainer(name), engine.removeContainer(name)]);
    expect(await engine.inspectContainer(name)).toBeUndefined();
  });

  it('cannot be started if one of its ports is in use; the message names the port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ports = [{ containerPort: 80, protocol: 'tcp' as const, hostAddress: '127.0.0.1', hostPort: port }];
    await using box = await createBox(engine, { network: 'bridge', ports });
    const refusal = await engine.startContainer(box.name).catch((error: unknown) => error);
    server.close();
    expect(refusal).toBeInstanceOf(PortTakenError);
    expect(refusal).toHaveProperty('message', `127.0.0.1:${port} is in use on the engine's host`);
  });

  it('cannot be started on an address that the host does not have; the message and the details name it', async () => {
    const ports = [{ containerPort: 80, protocol: 'tcp' as const, hostAddress: '203.0.113.9', hostPort: 5080 }];
    await using box = await createBox(engine, { network: 'bridge', ports });
    const refusal = await engine.startContainer(box.name).catch((error: unknown) => error);
    const message = "cannot publish 203.0.113.9:5080: 203.0.113.9 is not an address of the engine's host";
    expect(refusal).toBeInstanceOf(AddressMissingError);
    expect(refusal).toHaveProperty('message', message);
    expect(await engine.inspectContainer(box.name)).toMatchObject({ startError: message });
  });

  it('cannot be started if the engine may not raise the limit of open files; the hint says what to do', async () => {
    // The kernel lets nobody exceed fs.nr_open, as it lets no unprivileged engine exceed its own limit.
    const beyond = 2 ** 31 - 1;
    await using box = await createBox(engine, { ulimits: [{ name: 'nofile', soft: beyond, hard: beyond }] });
    await expect(engine.startContainer(box.name)).rejects.toMatchObject({
      message: 'the engine is not permitted to raise the limit of open files',
      hint: 'clusters need 4096 per process: raise the limit of the engine (LimitNOFILE)',
    });
  });

  it('cannot be started if another container has its port', async () => {
    const ports = [
      { containerPort: 80, protocol: 'tcp' as const, hostAddress: '127.0.0.1', hostPort: await freePort() },
    ];
    await using first = await startBox(engine, { network: 'bridge', ports });
    await using second = await createBox(engine, { network: 'bridge', ports });
    expect(first.name).not.toBe(second.name);
    await expect(engine.startContainer(second.name)).rejects.toThrow(/^127\.0\.0\.1:\d+ is in use/);
  });

  it('that cannot be created fails with the message of the engine', async () => {
    const made = createBox(engine, { image: 'vcluster-box-test:missing' });
    await expect(made).rejects.toThrow(/^cannot create container .*: No such image: vcluster-box-test:missing/);
  });

  it('can have another entrypoint, another user, and a read-only file system', async () => {
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

  it('is returned by inspectRaw as the engine describes it', async () => {
    await using box = await createBox(engine);
    expect(await engine.inspectRaw(box.name)).toMatchObject({
      Name: `/${box.name}`,
      State: { Status: 'created' },
      Config: { Labels: { 'vcluster-box.test': 'engine' } },
    });
    expect(await engine.inspectRaw('vcluster-box-test-nobody')).toBeUndefined();
  });

  it('is removed by removeStopped unless it is running or paused', async () => {
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

import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSettings, Engine, LogLine } from '../../src/engine/engine.ts';
import { EngineError, NameTakenError, PortTakenError } from '../../src/errors.ts';
import { createBox, startBox } from '../support/box.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';

describe.skipIf(!dockerAvailable)('a container', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
  });

  it('is found by its labels, and no longer when it is removed', async () => {
    const box = await createBox(engine, { labels: { 'vcluster-box.test': 'engine', mine: 'a=b' } });
    const names = async (mine: string) =>
      (await engine.findContainers({ 'vcluster-box.test': '', mine })).map(({ name }) => name);
    expect(await names('a=b')).toEqual([box.name]);
    expect(await names('a')).toEqual([]);
    await engine.removeContainer(box.name);
    expect(await names('a=b')).toEqual([]);
  });

  it('is made as its settings say', async () => {
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

  it('can be allowed more while it runs; what is not said stays', async () => {
    await using box = await startBox(engine, { memory: 64 * 1024 ** 2, pidsLimit: 99 });
    await engine.updateLimits(box.name, { memory: 256 * 1024 ** 2 });
    expect(await engine.inspectContainer(box.name)).toMatchObject({ memory: 256 * 1024 ** 2, pidsLimit: 99 });
    await engine.updateLimits(box.name, { pidsLimit: 199 });
    expect(await engine.inspectContainer(box.name)).toMatchObject({ memory: 256 * 1024 ** 2, pidsLimit: 199 });
  });

  it('cannot be allowed more when it is not there', async () => {
    await expect(engine.updateLimits('vcluster-box-test-nobody', { pidsLimit: 9 })).rejects.toThrow(EngineError);
  });

  it('has a name that no other can have', async () => {
    await using box = await createBox(engine);
    await expect(createBox(engine, {}, box.name)).rejects.toThrow(NameTakenError);
  });

  it('can be started, stopped and removed twice', async () => {
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

  it('can be paused, and goes on; and can be stopped and removed while it is paused', async () => {
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

  it('can be removed by two at once', async () => {
    const { name } = await startBox(engine);
    await Promise.all([engine.removeContainer(name), engine.removeContainer(name)]);
    expect(await engine.inspectContainer(name)).toBeUndefined();
  });

  it('cannot be started when one of its ports is in use, and says which', async () => {
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

  it('cannot be started when another container has its port', async () => {
    const ports = [
      { containerPort: 80, protocol: 'tcp' as const, hostAddress: '127.0.0.1', hostPort: await freePort() },
    ];
    await using first = await startBox(engine, { network: 'bridge', ports });
    await using second = await createBox(engine, { network: 'bridge', ports });
    expect(first.name).not.toBe(second.name);
    await expect(engine.startContainer(second.name)).rejects.toThrow(/^127\.0\.0\.1:\d+ is in use/);
  });

  it('says what the engine says when it cannot be made', async () => {
    const made = createBox(engine, { image: 'vcluster-box-test:missing' });
    await expect(made).rejects.toThrow(/^cannot create container .*: No such image: vcluster-box-test:missing/);
  });
});

describe.skipIf(!dockerAvailable)('files in a container', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
  });

  it('can be written and read while it is stopped, in directories that were not there', async () => {
    await using box = await createBox(engine);
    const content = Buffer.from([0, 1, 2, 255]);
    await engine.writeFiles(box.name, [
      { path: '/var/lib/new/deep/file', content, mode: 0o600 },
      { path: '/run/other', content: 'text', mode: 0o755 },
    ]);
    expect(await engine.readFile(box.name, '/var/lib/new/deep/file')).toEqual(content);
    expect((await engine.readFile(box.name, '/run/other'))?.toString()).toBe('text');
  });

  it('leave the directories above them as they are, and get their own mode', async () => {
    await using box = await createBox(engine, {
      command: ['stat', '-c', '%a %u %n', '/tmp', '/tmp/new', '/tmp/new/file'],
    });
    await engine.writeFiles(box.name, [{ path: '/tmp/file', content: '', mode: 0o600 }]);
    await engine.writeFiles(box.name, [{ path: '/tmp/new/file', content: '', mode: 0o640 }]);
    await engine.startContainer(box.name);
    expect(await logOf(engine, box.name)).toEqual(['755 0 /tmp', '755 0 /tmp/new', '640 0 /tmp/new/file']);
  });

  it('may be large', async () => {
    await using box = await createBox(engine);
    const content = Buffer.alloc(3_000_000, 'abc');
    await engine.writeFiles(box.name, [{ path: '/large', content, mode: 0o600 }]);
    expect((await engine.readFile(box.name, '/large'))?.equals(content)).toBe(true);
  });

  it('are not directories', async () => {
    await using box = await createBox(engine);
    await expect(engine.readFile(box.name, '/etc')).rejects.toThrow('/etc is not a regular file');
  });

  it('are undefined when they are not there', async () => {
    await using box = await createBox(engine);
    expect(await engine.readFile(box.name, '/no/such/file')).toBeUndefined();
  });

  it('cannot be read when there is no such container', async () => {
    await expect(engine.readFile('vcluster-box-test-nobody', '/etc/passwd')).rejects.toThrow(EngineError);
  });
});

describe.skipIf(!dockerAvailable)('the log of a container', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
  });

  it('is followed line by line until the container ends', async () => {
    const script = 'printf "grün\\nhalf"; echo bad >&2; sleep 0.1; printf " line\\nlast\\n"';
    await using box = await startBox(engine, { command: ['sh', '-c', script] });
    const lines: LogLine[] = [];
    for await (const line of engine.followLogs(box.name, { follow: true })) lines.push(line);
    const of = (stream: string) => lines.filter((line) => line.stream === stream).map(({ text }) => text);
    expect(of('stdout')).toEqual(['grün', 'half line', 'last']);
    expect(of('stderr')).toEqual(['bad']);
  });

  it('ends quietly when the signal aborts', async () => {
    await using box = await startBox(engine, { command: ['sh', '-c', 'echo begun; exec sleep 1000'] });
    const controller = new AbortController();
    const lines: string[] = [];
    for await (const { text } of engine.followLogs(box.name, { follow: true, signal: controller.signal })) {
      lines.push(text);
      controller.abort();
    }
    expect(lines).toEqual(['begun']);
  });

  it('can be read up to now', async () => {
    await using box = await startBox(engine, { command: ['seq', '1000'] });
    await logOf(engine, box.name);
    const lines: string[] = [];
    for await (const { text } of engine.followLogs(box.name, { follow: false, tail: 2 })) lines.push(text);
    expect(lines).toEqual(['999', '1000']);
  });

  it('cannot be followed when there is no such container', async () => {
    await expect(logOf(engine, 'vcluster-box-test-nobody')).rejects.toThrow(EngineError);
  });
});

async function logOf(engine: Engine, container: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { text } of engine.followLogs(container, { follow: true })) lines.push(text);
  return lines;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

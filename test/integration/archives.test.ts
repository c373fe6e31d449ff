import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { readEntries } from '../../src/archive/tar.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { EngineError } from '../../src/errors.ts';
import { createBox } from '../support/box.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { tarOf } from '../support/hostile-tar.ts';

const never = new AbortController().signal;
const stream = (bytes: Buffer) => Readable.from([bytes], { objectMode: false });

describe.skipIf(!dockerAvailable)('an archive of a stopped container', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
  });

  it('is written and read as a stream', async () => {
    await using box = await createBox(engine);
    const tar = await tarOf([
      { name: 'd', type: 'directory', mode: 0o750 },
      { name: 'd/f', content: 'text', mode: 0o640 },
      { name: 'd/h', type: 'link', linkname: 'd/f' },
      { name: 'd/l', type: 'symlink', linkname: 'f' },
    ]);
    await engine.writeArchive(box.name, '/etc', stream(tar), never);
    const found: unknown[] = [];
    for await (const { name, type, mode, target, body } of readEntries(
      await engine.readArchive(box.name, '/etc/d/.', never),
    )) {
      const content = body && (await buffer(body)).toString();
      found.push([name, type, type === 'symlink' ? '' : (mode & 0o777).toString(8), target, content]);
    }
    expect(found).toEqual([
      ['./', 'directory', '750', '', undefined],
      ['./f', 'file', '640', '', 'text'],
      ['./h', 'link', '640', './f', undefined],
      ['./l', 'symlink', '', 'f', undefined],
    ]);
  });

  it('is inspected by path', async () => {
    await using box = await createBox(engine);
    const tar = await tarOf([
      { name: 'f', content: '12345' },
      { name: 'l', type: 'symlink', linkname: 'f' },
      { name: 'pipe', type: 'fifo' },
    ]);
    await engine.writeArchive(box.name, '/etc', stream(tar), never);
    const inspect = (path: string) => engine.inspectPath(box.name, path);
    expect(await inspect('/etc/f')).toMatchObject({ type: 'file', target: '', size: 5 });
    expect(await inspect('/etc')).toMatchObject({ type: 'directory', target: '' });
    expect(await inspect('/etc/l')).toMatchObject({ type: 'symlink', target: '/etc/f' });
    expect(await inspect('/etc/pipe')).toMatchObject({ type: 'other' });
    expect(await inspect('/etc/none')).toBeUndefined();
    await expect(engine.inspectPath('vcluster-box-test-nobody', '/')).rejects.toThrow(EngineError);
  });

  it('cannot be read if the path does not exist', async () => {
    await using box = await createBox(engine);
    await expect(engine.readArchive(box.name, '/none', never)).rejects.toThrow(/^cannot read \/none in container/);
  });

  it('cannot be written to a missing directory, or replace a directory by a file', async () => {
    await using box = await createBox(engine);
    const tar = await tarOf([{ name: 'etc' }]);
    await expect(engine.writeArchive(box.name, '/none', stream(tar), never)).rejects.toThrow(EngineError);
    await expect(engine.writeArchive(box.name, '/', stream(tar), never)).rejects.toThrow(/cannot overwrite directory/);
  });

  it('fails with the error of its stream', async () => {
    await using box = await createBox(engine);
    const tar = await tarOf([{ name: 'f', content: 'x'.repeat(100_000) }]);
    const broken = new Error('broken');
    const half = async function* () {
      yield tar.subarray(0, 50_000);
      await Promise.reject(broken);
    };
    const source = Readable.from(half(), { objectMode: false });
    await expect(engine.writeArchive(box.name, '/etc', source, never)).rejects.toBe(broken);
  });

  it('fails with the reason of the signal when it aborts', async () => {
    await using box = await createBox(engine);
    const controller = new AbortController();
    const reason = new Error('enough');
    const tar = await tarOf([{ name: 'f', content: 'x'.repeat(100_000) }]);
    const half = async function* () {
      yield tar.subarray(0, 50_000);
      controller.abort(reason);
      await new Promise(() => undefined);
    };
    const source = Readable.from(half(), { objectMode: false });
    await expect(engine.writeArchive(box.name, '/etc', source, controller.signal)).rejects.toBe(reason);
    await expect(engine.readArchive(box.name, '/etc', controller.signal)).rejects.toBe(reason);
  });
});

describe.skipIf(!dockerAvailable)('files in a container', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
  });

  it('can be written and read while it is stopped, in new directories', async () => {
    await using box = await createBox(engine);
    const content = Buffer.from([0, 1, 2, 255]);
    await engine.writeFiles(box.name, [
      { path: '/var/lib/new/deep/file', content, mode: 0o600 },
      { path: '/run/other', content: 'text', mode: 0o755 },
    ]);
    expect(await engine.readFile(box.name, '/var/lib/new/deep/file')).toEqual(content);
    expect((await engine.readFile(box.name, '/run/other'))?.toString()).toBe('text');
  });

  it('do not change existing parent directories, and get the given mode', async () => {
    await using box = await createBox(engine, {
      command: ['stat', '-c', '%a %u %n', '/tmp', '/tmp/new', '/tmp/new/file'],
    });
    await engine.writeFiles(box.name, [{ path: '/tmp/file', content: '', mode: 0o600 }]);
    await engine.writeFiles(box.name, [{ path: '/tmp/new/file', content: '', mode: 0o640 }]);
    await engine.startContainer(box.name);
    expect(await logOf(engine, box.name)).toEqual(['755 0 /tmp', '755 0 /tmp/new', '640 0 /tmp/new/file']);
  });

  it('can be large', async () => {
    await using box = await createBox(engine);
    const content = Buffer.alloc(3_000_000, 'abc');
    await engine.writeFiles(box.name, [{ path: '/large', content, mode: 0o600 }]);
    expect((await engine.readFile(box.name, '/large'))?.equals(content)).toBe(true);
  });

  it('cannot be read if they are directories', async () => {
    await using box = await createBox(engine);
    await expect(engine.readFile(box.name, '/etc')).rejects.toThrow('/etc is not a regular file');
  });

  it('are undefined if they do not exist', async () => {
    await using box = await createBox(engine);
    expect(await engine.readFile(box.name, '/no/such/file')).toBeUndefined();
  });

  it('cannot be read if the container does not exist', async () => {
    await expect(engine.readFile('vcluster-box-test-nobody', '/etc/passwd')).rejects.toThrow(EngineError);
  });
});

async function logOf(engine: Engine, container: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { text } of engine.followLogs(container, { follow: true })) lines.push(text);
  return lines;
}

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

  it('can be written and read as a stream', async () => {
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

  it('is looked at path by path', async () => {
    await using box = await createBox(engine);
    const tar = await tarOf([
      { name: 'f', content: '12345' },
      { name: 'l', type: 'symlink', linkname: 'f' },
      { name: 'pipe', type: 'fifo' },
    ]);
    await engine.writeArchive(box.name, '/etc', stream(tar), never);
    const look = (path: string) => engine.inspectPath(box.name, path);
    expect(await look('/etc/f')).toEqual({ type: 'file', target: '', size: 5 });
    expect(await look('/etc')).toMatchObject({ type: 'directory', target: '' });
    expect(await look('/etc/l')).toMatchObject({ type: 'symlink', target: '/etc/f' });
    expect(await look('/etc/pipe')).toMatchObject({ type: 'other' });
    expect(await look('/etc/none')).toBeUndefined();
    await expect(engine.inspectPath('vcluster-box-test-nobody', '/')).rejects.toThrow(EngineError);
  });

  it('is not read where there is nothing', async () => {
    await using box = await createBox(engine);
    await expect(engine.readArchive(box.name, '/none', never)).rejects.toThrow(/^cannot read \/none in container/);
  });

  it('is not written where there is no directory, nor over one', async () => {
    await using box = await createBox(engine);
    const tar = await tarOf([{ name: 'etc' }]);
    await expect(engine.writeArchive(box.name, '/none', stream(tar), never)).rejects.toThrow(EngineError);
    await expect(engine.writeArchive(box.name, '/', stream(tar), never)).rejects.toThrow(/cannot overwrite directory/);
  });

  it('that breaks off fails with what broke it', async () => {
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

  it('ends with the signal’s reason when that aborts', async () => {
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

import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkEntries } from '../../../src/archive/check-entries.ts';
import { readEntries } from '../../../src/archive/tar.ts';
import { unpack } from '../../../src/archive/unpack.ts';
import { hostile, type RawEntry, tarOf, tarWithBytes } from '../../support/hostile-tar.ts';

let target: string;
beforeEach(async () => {
  target = join(await mkdtemp(join(tmpdir(), 'vcluster-box-test-')), 'outer', 'target');
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'there'), 'before');
});
afterEach(() => rm(dirname(dirname(target)), { recursive: true }));

const never = new AbortController().signal;

async function unpackBytes(tar: Buffer, as = ''): Promise<void> {
  const entries = readEntries(Readable.from([tar], { objectMode: false }));
  await unpack(checkEntries(entries, { root: '', as }), target, never);
}

const unpackEntries = async (entries: readonly RawEntry[], as = '') => unpackBytes(await tarOf(entries), as);

/** Everything in and around the target. */
async function everything(): Promise<readonly string[]> {
  return (await readdir(dirname(dirname(target)), { recursive: true })).sort();
}

const untouched = ['outer', 'outer/target', 'outer/target/there'];

describe('a directory', () => {
  it('gets its mode and time after its contents; an existing directory keeps its own', async () => {
    await mkdir(join(target, 'old'), { mode: 0o700 });
    const mtime = new Date(1_000_000_000_000);
    await unpackEntries([
      { name: 'old', type: 'directory', mode: 0o555, mtime },
      { name: 'new', type: 'directory', mode: 0o555, mtime },
      { name: 'new/file' },
    ]);
    const modes = await Promise.all(['old', 'new'].map(async (name) => (await stat(join(target, name))).mode & 0o777));
    expect(modes).toEqual([0o700, 0o555]);
    expect((await stat(join(target, 'new'))).mtime).toEqual(mtime);
  });
});

describe('a file of zeros', () => {
  const content = Buffer.concat([
    Buffer.from('begin'),
    Buffer.alloc(8 * 2 ** 20),
    Buffer.from('end'),
    Buffer.alloc(2 ** 20),
  ]);

  it('becomes a file with holes, with the same content', async () => {
    const entry = { name: 'disk', type: 'file', mode: 0o644, size: content.length, modifiedAt: new Date(), target: '' };
    // In chunks as from a socket.
    const chunks = Array.from({ length: Math.ceil(content.length / 65_536) }, (_, index) =>
      content.subarray(index * 65_536, (index + 1) * 65_536),
    );
    const entries = Readable.from([{ ...entry, body: Readable.from(chunks, { objectMode: false }) }]);
    await unpack(entries, target, never);
    expect((await readFile(join(target, 'disk'))).equals(content)).toBe(true);
    expect((await stat(join(target, 'disk'))).blocks * 512).toBeLessThan(300_000);
  });
});

describe('a tar stream that', () => {
  it.each(hostile)('%s is refused and leaves nothing', async (_what, entries, message) => {
    await expect(unpackEntries([{ name: 'good' }, ...entries, { name: 'after' }])).rejects.toThrow(message);
    expect(await everything()).toEqual(untouched);
    expect(await readFile(join(target, 'there'), 'utf8')).toBe('before');
  });

  it('has a name that is not UTF-8 is refused', async () => {
    const tar = await tarWithBytes(Buffer.from([0x61, 0xff, 0xfe]));
    await expect(unpackBytes(tar)).rejects.toThrow('has a name that is not UTF-8');
    expect(await everything()).toEqual(untouched);
  });

  it('is truncated leaves nothing', async () => {
    const tar = await tarOf([{ name: 'a' }, { name: 'b', content: 'x'.repeat(5000) }]);
    await expect(unpackBytes(tar.subarray(0, 2500))).rejects.toThrow('the tar archive is truncated');
    expect(await everything()).toEqual(untouched);
  });

  it.each([
    ['is not a tar archive', Buffer.alloc(1024, 'no tar at all'), /not a tar archive/],
    ['is empty', Buffer.alloc(0), /the archive is empty/],
  ])('%s is refused', async (_what, bytes, message) => {
    await expect(unpackBytes(bytes)).rejects.toThrow(message);
    expect(await everything()).toEqual(untouched);
  });

  it('has a name too long for the file system leaves nothing', async () => {
    await expect(unpackEntries([{ name: 'a' }, { name: 'n'.repeat(300) }])).rejects.toThrow('name too long');
    expect(await everything()).toEqual(untouched);
  });

  it('is interrupted leaves nothing', async () => {
    const controller = new AbortController();
    const tar = await tarOf([{ name: 'a' }, { name: 'b', content: 'x'.repeat(5000) }]);
    const half = async function* () {
      yield tar.subarray(0, 2500);
      const reason = new Error('interrupted');
      controller.abort(reason);
      await Promise.reject(reason);
    };
    const entries = readEntries(Readable.from(half(), { objectMode: false }));
    const done = unpack(checkEntries(entries, { root: '', as: '' }), target, controller.signal);
    await expect(done).rejects.toThrow('interrupted');
    expect(await everything()).toEqual(untouched);
  });
});

describe('an unpacked archive', () => {
  it('has the modes of the archive without special bits, and names of any length', async () => {
    const long = `${'d'.repeat(100)}/${'e'.repeat(200)}/ü`;
    await unpackEntries([
      { name: './', type: 'directory', mode: 0o700 },
      { name: './f', mode: 0o4777 },
      { name: 'dir/', type: 'directory', mode: 0o2750 },
      { name: long, content: 'deep' },
    ]);
    const mode = async (name: string) => ((await stat(join(target, name))).mode & 0o7777).toString(8);
    expect([await mode('f'), await mode('dir')]).toEqual(['777', '750']);
    expect(await readFile(join(target, long), 'utf8')).toBe('deep');
    expect((await readdir(target)).sort()).toEqual([long.slice(0, 100), 'dir', 'f', 'there']);
  });

  it('keeps links that stay inside, including hard links', async () => {
    await unpackEntries([
      { name: 'd/f', content: 'one' },
      { name: 'd/up', type: 'symlink', linkname: '../there' },
      { name: 'all', type: 'symlink', linkname: '.' },
      { name: 'h', type: 'link', linkname: 'd/f' },
    ]);
    expect(await readlink(join(target, 'd/up'))).toBe('../there');
    expect(await readlink(join(target, 'all'))).toBe('.');
    expect((await lstat(join(target, 'h'))).nlink).toBe(2);
  });

  it('is merged into existing directories and replaces existing files', async () => {
    await mkdir(join(target, 'd'), { mode: 0o711 });
    await writeFile(join(target, 'd/kept'), 'kept');
    await unpackEntries([
      { name: 'd', type: 'directory', mode: 0o755 },
      { name: 'd/new' },
      { name: 'there', content: 'after' },
    ]);
    expect((await readdir(join(target, 'd'))).sort()).toEqual(['kept', 'new']);
    expect((await stat(join(target, 'd'))).mode & 0o777).toBe(0o711);
    expect(await readFile(join(target, 'there'), 'utf8')).toBe('after');
  });

  it('is never written through an existing link', async () => {
    await symlink('../..', join(target, 'out'));
    await symlink('../escaped', join(target, 'file'));
    await expect(unpackEntries([{ name: 'out/escaped' }])).rejects.toThrow(
      /cannot create directory .*out: a file or link of that name exists/,
    );
    await unpackEntries([{ name: 'file', content: 'mine' }]);
    expect(await everything()).not.toContain('outer/escaped');
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('mine');
  });

  it('does not replace a directory with a file, and changes nothing then', async () => {
    await mkdir(join(target, 'd'));
    await expect(unpackEntries([{ name: 'd' }, { name: 'there' }])).rejects.toThrow(
      /cannot write file .*: a directory of that name exists/,
    );
    expect(await readFile(join(target, 'there'), 'utf8')).toBe('before');
    expect((await readdir(target)).sort()).toEqual(['d', 'there']);
  });
});

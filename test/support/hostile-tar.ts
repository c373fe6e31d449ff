import { buffer } from 'node:stream/consumers';
import { type Header, pack } from 'tar-stream';

export type RawEntry = Partial<Header> & { readonly name: string; readonly content?: string };

/** A tar archive with arbitrary names and links, which a well-behaved program would not write. */
export async function tarOf(entries: readonly RawEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of entries) {
    if (content === undefined && header.type !== undefined && header.type !== 'file') archive.entry(header);
    else archive.entry(header, content ?? 'content');
  }
  archive.finalize();
  return buffer(archive);
}

/** Archives that try to write outside the target, each with the expected error. */
export const hostile: readonly (readonly [what: string, entries: readonly RawEntry[], said: RegExp])[] = [
  ['climbs', [{ name: '../escaped' }], /\.\.\/escaped leads out of the target/],
  ['climbs from below', [{ name: 'a/../../escaped' }], /leads out of the target/],
  ['is absolute', [{ name: '/tmp/escaped' }], /has an absolute name/],
  [
    'writes through a link',
    [{ name: 'l', type: 'symlink', linkname: 'd' }, { name: 'l/escaped' }],
    /l\/escaped lies below a symbolic link/,
  ],
  [
    'writes through a link to the outside',
    [{ name: 'l', type: 'symlink', linkname: '../..' }, { name: 'l/escaped' }],
    /l is a symbolic link that points outside the target: \.\.\/\.\./,
  ],
  [
    'has a link to an absolute path',
    [{ name: 'l', type: 'symlink', linkname: '/etc' }],
    /points outside the target: \/etc/,
  ],
  [
    'has a chain of links that points outside',
    [
      { name: 'd', type: 'directory' },
      { name: 'd/e', type: 'directory' },
      { name: 'd/e/up', type: 'symlink', linkname: '../..' },
      { name: 'out', type: 'symlink', linkname: 'd/e/up/..' },
    ],
    /out is a symbolic link that points outside/,
  ],
  [
    'has such a chain in reverse order',
    [
      { name: 'out', type: 'symlink', linkname: 'd/e/up/../x' },
      { name: 'd/e/up', type: 'symlink', linkname: '../..' },
    ],
    /out is a symbolic link that points outside/,
  ],
  [
    'has a hard link to the outside',
    [{ name: 'h', type: 'link', linkname: '../../etc/passwd' }],
    /leads out of the target/,
  ],
  ['has a hard link to an absolute path', [{ name: 'h', type: 'link', linkname: '/etc/passwd' }], /absolute name/],
  [
    'has a hard link to an existing file',
    [{ name: 'h', type: 'link', linkname: 'there' }],
    /h is a hard link to there, which is not an earlier file of the archive/,
  ],
  [
    'has a hard link to a symbolic link',
    [
      { name: 's', type: 'symlink', linkname: 'x' },
      { name: 'h', type: 'link', linkname: 's' },
    ],
    /is not an earlier file of the archive/,
  ],
  [
    'replaces a link with a file',
    [{ name: 's', type: 'symlink', linkname: 'x' }, { name: 's' }],
    /s is in the archive twice/,
  ],
  ['puts a file below a file', [{ name: 'f' }, { name: 'f/g' }], /f\/g lies below a file/],
  ['is a link itself', [{ name: '.', type: 'symlink', linkname: '..' }], /points outside the target/],
  ['has a device', [{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }], /null is a device/],
  ['has a disk', [{ name: 'sda', type: 'block-device', devmajor: 8, devminor: 0 }], /sda is a device/],
  ['has a pipe', [{ name: 'pipe', type: 'fifo' }], /pipe is a named pipe/],
  ['has control characters in a name', [{ name: '../\u001b[2J' }], /\.\.\/\\u001b\[2J leads out/],
];

/** An archive with a name that is not UTF-8, which tar-stream cannot write. */
export async function tarWithBytes(bytes: Buffer): Promise<Buffer> {
  const name = 'x'.repeat(bytes.length);
  const archive = await tarOf([{ name }]);
  bytes.copy(archive, 0);
  archive.write('        ', 148, 'latin1');
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return archive;
}

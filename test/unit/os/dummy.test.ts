import { open, readFile, writeFile } from 'node:fs/promises';
import { platform } from 'node:process';
import { describe, expect, it } from 'vitest';
import { type Disk, emptyDisk, osScript } from '../../support/os-script.ts';

const of = ({ path }: Disk) => ({ DISK_0_PATH: path, EXPORT_INDEX: '0', IMPORT_INDEX: '0' });
const block = async ({ path }: Disk) => (await readFile(path)).subarray(0, 4096).toString().replaceAll('\0', '');

const installed = async (env: Readonly<Record<string, string>> = {}) => {
  const disk = await emptyDisk(4);
  expect(await osScript(['dummy', 'create'], { ...of(disk), ...env })).toMatchObject({ status: 0 });
  return disk;
};

/** Needs the GNU tools, as in the slice. */
describe.skipIf(platform !== 'linux')('the OS definition dummy', () => {
  it('writes a header block to each disk and leaves the rest', async () => {
    await using disk = await installed({ OSP_TEXT: 'made for a test' });
    expect(await block(disk)).toMatch(
      new RegExp(
        [
          '^vcluster-box dummy image',
          'instance: instance1.example.com',
          'os: dummy',
          'variant: none',
          'disk: 0',
          'size: 4 MiB',
          String.raw`date: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`,
          'text: made for a test',
          String.raw`sha256: [0-9a-f]{64}\n$`,
        ].join('\n'),
      ),
    );
    const content = await readFile(disk.path);
    expect(content).toHaveLength(4 * 2 ** 20);
    expect(content.subarray(4096).every((byte) => byte === 0)).toBe(true);
  });

  it('fills the whole disk in the variant `filled`', async () => {
    await using disk = await installed({ OS_VARIANT: 'filled' });
    const content = await readFile(disk.path);
    expect(content).toHaveLength(4 * 2 ** 20);
    expect(content.subarray(4096).includes(0)).toBe(false);
    expect(await block(disk)).toContain('\nvariant: filled\n');
  });

  it('is unchanged by export and import, whatever the new disk contained', async () => {
    await using disk = await installed({ OS_VARIANT: 'filled' });
    const exported = await osScript(['dummy', 'export'], of(disk));
    expect(exported).toMatchObject({ status: 0, stderr: 'dummy: disk 0: the image is intact' });
    await using other = await emptyDisk(5);
    await writeFile(other.path, 'x', { flag: 'r+' });
    const imported = await osScript(['dummy', 'import'], of(other), exported.dump);
    expect(imported).toMatchObject({ status: 0, stderr: 'dummy: disk 0: the image is intact' });
    const content = await readFile(other.path);
    expect(content.subarray(0, 4 * 2 ** 20).equals(await readFile(disk.path))).toBe(true);
    expect(content).toHaveLength(5 * 2 ** 20);
  });

  it('stays intact when the instance is renamed', async () => {
    await using disk = await installed();
    const names = { INSTANCE_NAME: 'web1.example.com', OLD_INSTANCE_NAME: 'instance1.example.com' };
    expect(await osScript(['dummy', 'rename'], { ...of(disk), ...names })).toMatchObject({ status: 0 });
    expect(await block(disk)).toMatch(
      /\ninstance: web1\.example\.com\n[^]*\nrenamed: from instance1\.example\.com\nsha256: /,
    );
    expect((await osScript(['dummy', 'export'], of(disk))).stderr).toBe('dummy: disk 0: the image is intact');
  });

  it('refuses to export a damaged image, and exports an unknown one unchecked', async () => {
    await using disk = await installed();
    await using file = await open(disk.path, 'r+');
    await file.write('instance: somebody', 25);
    expect(await osScript(['dummy', 'export'], of(disk))).toMatchObject({
      status: 1,
      stderr: 'dummy: disk 0: the image is damaged',
    });
    await file.write('something else', 0);
    const { status, dump, stderr } = await osScript(['dummy', 'export'], of(disk));
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'dummy: disk 0 has no dummy image, and is not checked' });
    expect(dump).toHaveLength(4 * 2 ** 20);
  });

  it.each(['create', 'import', 'export', 'rename'])('fails at %s on request', async (fail) => {
    await using disk = await emptyDisk(1);
    expect(await osScript(['dummy', fail], { ...of(disk), OSP_FAIL: fail })).toMatchObject({
      status: 1,
      stderr: `dummy: ${fail} fails because of the parameter fail`,
    });
  });

  it('does nothing for an instance without disks', async () => {
    const { status, stderr } = await osScript(['dummy', 'create'], { DISK_COUNT: '0' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'dummy: the instance has no disks: nothing to do' });
  });

  it.each([
    [{}, 'disk 0 has no path on this node: not changed'],
    [{ DISK_0_URI: 'rbd:pool/a' }, 'disk 0 has no path on this node, only the address rbd:pool/a: not changed'],
  ])('does not change a disk without a path: %j', async (env, message) => {
    for (const script of ['create', 'rename', 'export', 'import']) {
      const indexes = { EXPORT_INDEX: '0', IMPORT_INDEX: '0' };
      const { status, stderr, dump } = await osScript(['dummy', script], { ...env, ...indexes }, Buffer.from('dump'));
      expect({ status, stderr }).toEqual({ status: 0, stderr: `dummy: ${message}` });
      expect(dump).toHaveLength(0);
    }
  });

  it('finds a disk by its file URI', async () => {
    await using disk = await emptyDisk(1);
    await osScript(['dummy', 'create'], { DISK_0_URI: `file://${disk.path}` });
    expect(await block(disk)).toMatch(/^vcluster-box dummy image\n/);
  });

  it.each([
    [{}, 0, ''],
    [{ OSP_TEXT: 'a', OSP_DELAY: '3', OSP_FAIL: 'none' }, 0, ''],
    [{ OSP_TEXT: 'a\nb' }, 1, 'dummy: text must be one line of at most 200 characters'],
    [{ OSP_DELAY: 'long' }, 1, "dummy: delay must be a whole number of seconds up to 999, not 'long'"],
    [{ OSP_FAIL: 'x' }, 1, "dummy: fail must be none, create, import, export or rename, not 'x'"],
  ])('verifies its parameters: %j', async (env, status, stderr) => {
    expect(await osScript(['dummy', 'verify', 'parameters'], env)).toMatchObject({ status, stderr });
  });

  it('prints its usage when called incorrectly', async () => {
    const usage = 'Usage: create.  All other input is in the environment: see ganeti-os-interface(7).';
    expect(await osScript(['dummy', 'create', 'x'])).toMatchObject({ status: 1, stderr: usage });
    expect(await osScript(['dummy', 'create', '--help'])).toMatchObject({ status: 0, stderr: usage });
    expect(await osScript(['dummy', 'verify'])).toMatchObject({ status: 1 });
  });
});

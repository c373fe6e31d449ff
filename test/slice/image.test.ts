import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pack, type Headers } from 'tar-fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { BuildFailedError } from '../../src/errors.ts';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { sliceTest } from '../support/slice-test.ts';

describe.skipIf(!dockerAvailable).each(ganetiVersions)('the slice image with Ganeti %s', (ganeti) => {
  let box: Slice;
  beforeAll(async () => {
    box = await startSlice({ ganeti, idle: true });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const shell = async (line: string) => {
    const { status, stdout, stderr } = await box.run(['sh', '-c', line]);
    expect({ line, status, stderr }).toMatchObject({ status: 0 });
    return stdout;
  };

  it('has that Ganeti', async () => {
    expect(await shell('dpkg-query -W -f "\\${Version}" ganeti')).toMatch(new RegExp(`^${ganeti}\\.`));
  });

  it('has no ssh host keys, which all its containers would share', async () => {
    const files = await shell('find /etc/ssh /root');
    expect(files).toContain('sshd_config\n');
    expect(files).not.toMatch(/ssh_host|\/id_|authorized/);
  });

  it('has an empty machine-id', async () => {
    expect(await shell('stat -c "%s %F" /etc/machine-id; test ! -e /var/lib/dbus/machine-id')).toBe(
      '0 regular empty file\n',
    );
  });

  it('has no package lists and no downloaded packages', async () => {
    const directories = '/var/lib/apt/lists\n/var/cache/apt\n';
    expect(await shell('ls -d -U /var/lib/apt/lists /var/cache/apt')).toBe(directories);
    expect(await shell('find /var/lib/apt/lists /var/cache/apt -type f -size +0')).toBe('');
  });

  it('has no package sources other than the base image’s own', async () => {
    expect(await shell('find / -xdev -name "mirror.*" -path "/tmp/*"; ls -A /tmp')).toBe('');
  });

  it('has no cluster and no password', async () => {
    const directories = '/srv\n/var/lib/vcluster-box\n/var/lib/ganeti\n';
    expect(await shell('find /srv /var/lib/vcluster-box /var/lib/ganeti')).toBe(directories);
    const configuration = await shell('ls /etc/ganeti');
    expect(configuration).toContain('xen-ifup-os\n');
    expect(configuration).not.toContain('.pem');
  });

  it('lets no package start a daemon', async () => {
    expect((await box.run(['/usr/sbin/policy-rc.d', 'ganeti', 'start'])).status).toBe(101);
  });
});

describe.skipIf(!dockerAvailable)('the slice image from a clone', () => {
  /**
   * Builds what the Dockerfile adds to Ganeti, as `docker build` does: it takes the files as they are. Then it lists
   * the files that another user cannot read, and their folders.
   */
  async function build(umask: number, more: Readonly<Record<string, string>> = {}) {
    const dockerfile = await readFile('Dockerfile', 'utf8');
    const added = dockerfile.slice(dockerfile.indexOf('\nCOPY '));
    const find = 'find /etc/ssh /usr -path "*/template" -prune -o -path "*vcluster*"';
    const lists = `${find} -print; ${find} ! -readable -printf "unreadable: %p\\n"`;
    const list = `setpriv --reuid=65534 --clear-groups sh -c '${lists}'`;
    const files = { Dockerfile: `FROM ${inject('images')['3.0']?.slice ?? ''}${added}RUN ${list}\n`, ...more };
    const context = pack('.', {
      entries: ['images/slice/rootfs'],
      map: (header: Headers) => ({ ...header, mode: header.mode & ~umask }),
      finalize: false,
      finish: (tar) => {
        for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
        tar.finalize();
      },
    });
    const engine = await testEngine();
    const tag = `vcluster-box-test:${randomBytes(6).toString('hex')}`;
    const request = { context: Readable.from(context), tag, buildArgs: {}, labels: sliceTest };
    const lines: string[] = [];
    await engine.buildImage(request, (line) => lines.push(line));
    await engine.removeImage(tag);
    return lines;
  }

  it('can be read by all users with a umask of 077', async () => {
    const lines = await build(0o077);
    expect(lines).toContain('/usr/sbin/vcluster-slice');
    expect(lines).toContain('/usr/lib/vcluster-box/vcluster_slice/boot/supervise.py');
    expect(lines.filter((line) => line.startsWith('unreadable'))).toEqual([]);
  });

  it('is not built from scripts with Windows line endings', async () => {
    const name = 'images/slice/rootfs/usr/sbin/vcluster-slice';
    const error: unknown = await build(0o022, { [name]: '#!/usr/bin/python3\r\n' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BuildFailedError);
    const { output } = error as BuildFailedError;
    expect(output.slice(-2)).toEqual([
      './usr/sbin/vcluster-slice',
      'The files above have Windows line endings: git config core.autocrlf false, and check them out again.',
    ]);
  });
});

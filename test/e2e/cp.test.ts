import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { hostile, tarOf } from '../support/hostile-tar.ts';

/** In the slice, but outside all nodes, so that Ganeti's files stay untouched. */
const there = '/tmp/vcluster-box-cp-test';

describe.skipIf(!dockerAvailable)('cp', () => {
  let cluster: SharedCluster;
  let engine: Engine;
  let here: string;
  beforeAll(async () => {
    engine = await testEngine();
    cluster = await sharedCluster();
    here = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
    await mkdir(join(here, 'd/sub'), { recursive: true });
    await writeFile(join(here, 'd/sub/grün:1'), 'content');
    await chmod(join(here, 'd/sub/grün:1'), 0o640);
    await symlink('sub', join(here, 'd/link'));
    await inside(['sh', '-c', `rm -rf ${there} && mkdir ${there}`]);
  }, 300_000);
  afterAll(async () => {
    await inside(['rm', '-rf', there, '/tmp/escaped']);
    await rm(here, { recursive: true, force: true });
  });

  const inside = async (argv: readonly string[]) => {
    const { exitCode, stdout, stderr } = await cluster.run(['exec', 'node1', ...argv]);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
    return stdout;
  };
  const listing = () => inside(['find', there, '-printf', '%M %u %P %l\n']);
  const cp = (...args: string[]) => cluster.run(['cp', ...args]);
  const copied = { exitCode: 0, stdout: '', stderr: '' };

  it('copies a directory to a slice and back with modes and links; in the slice, root owns it', async () => {
    expect(await cp(join(here, 'd'), `node1:${there}`)).toMatchObject(copied);
    expect((await listing()).split('\n').sort()).toEqual([
      '-rw-r----- root d/sub/grün:1 ',
      'drwxr-xr-x root  ',
      'drwxr-xr-x root d ',
      'drwxr-xr-x root d/sub ',
      'lrwxrwxrwx root d/link sub',
    ]);
    expect(await cp(`node2:${there}/d`, join(here, 'back'))).toMatchObject(copied);
    expect(await readFile(join(here, 'back/sub/grün:1'), 'utf8')).toBe('content');
    expect((await stat(join(here, 'back/sub/grün:1'))).mode & 0o777).toBe(0o640);
    expect(await readlink(join(here, 'back/link'))).toBe('sub');
  });

  it('copies between the directories of nodes', async () => {
    expect(await cp('node1:etc/default/ganeti', 'node2:copied')).toMatchObject(copied);
    const compare = 'cd "$GANETI_ROOTDIR" && cmp etc/default/ganeti ../node2.example.com/copied';
    expect(await inside(['sh', '-c', `${compare} && rm ../node2.example.com/copied`])).toBe('');
  });

  it('copies tar streams', async () => {
    const { stdout } = await cp('node1:etc/default', '-');
    expect(stdout).toContain('default/ganeti');
    const tar = await tarOf([{ name: 'from/a/stream', content: 'streamed' }]);
    expect(await cluster.run(['cp', '-', `node1:${there}`], { input: tar })).toMatchObject(copied);
    expect(await inside(['cat', `${there}/from/a/stream`])).toBe('streamed');
  });

  // Each case takes a second; the unit tests cover all of them.
  it.each(hostile.filter((_, index) => index % 6 === 0))(
    'refuses a tar stream that %s',
    async (_what, entries, message) => {
      const before = await listing();
      const { exitCode, stderr } = await cluster.run(['cp', '-', `node1:${there}`], { input: await tarOf(entries) });
      expect([exitCode, stderr]).toEqual([125, expect.stringMatching(message)]);
      expect(await listing()).toBe(before);
    },
  );

  it('refuses links and pipes from a slice, and leaves nothing behind', async () => {
    await inside([
      'sh',
      '-c',
      `mkdir -p ${there}/bad; ln -sf /etc/passwd ${there}/bad/passwd; mkfifo ${there}/bad/pipe`,
    ]);
    const target = join(here, 'bad');
    const { exitCode, stderr } = await cp(`node1:${there}/bad`, target);
    expect([exitCode, stderr]).toEqual([125, expect.stringContaining('points outside the target: /etc/passwd')]);
    expect(await cp('--skip-links', `node1:${there}/bad`, target)).toMatchObject({
      exitCode: 125,
      stderr: expect.stringContaining('pipe is a named pipe') as unknown,
    });
    expect((await readdir(here)).filter((name) => name.includes('bad') || name.startsWith('.'))).toEqual([]);
  });

  it('does not replace a directory with a file, and does not write through a link', async () => {
    await inside(['sh', '-c', `mkdir -p ${there}/file; ln -sfn /tmp ${there}/out`]);
    for (const [tar, message] of [
      [await tarOf([{ name: 'new' }, { name: 'file' }]), 'a directory of that name exists'],
      [await tarOf([{ name: 'new' }, { name: 'out/escaped' }]), 'a file or link of that name exists'],
    ] as const) {
      const before = await listing();
      const { exitCode, stderr } = await cluster.run(['cp', '-', `node1:${there}`], { input: tar });
      expect([exitCode, stderr]).toEqual([125, expect.stringContaining(message)]);
      expect(await listing()).toBe(before);
    }
    expect(await inside(['sh', '-c', 'ls /tmp'])).not.toContain('escaped');
  });

  it('works on a stopped cluster', async () => {
    await engine.stopContainer(cluster.container, 30);
    try {
      expect(await cp(join(here, 'd/.'), `node1:${there}/d`)).toMatchObject(copied);
      expect(await cp(join(here, 'd'), `node3:${there}/stopped`)).toMatchObject(copied);
      expect(await cp(`node1:${there}/stopped/sub`, join(here, 'stopped'))).toMatchObject(copied);
      expect(await readdir(join(here, 'stopped'))).toEqual(['grün:1']);
      expect(await cp(join(here, 'd/sub'), `node1:${there}/stopped/link`)).toMatchObject(copied);
      await writeFile(join(here, 'disk'), 'begin');
      await truncate(join(here, 'disk'), 8 * 2 ** 20);
      const { exitCode, stderr } = await cp(join(here, 'disk'), `node1:${there}/disk`);
      expect([exitCode, stderr]).toEqual([0, expect.stringContaining('writes holes as data: 8 MiB in total')]);
      expect(await cp(`node1:${there}/disk`, join(here, 'again'))).toMatchObject(copied);
      const { size, blocks } = await stat(join(here, 'again'));
      expect([size, blocks * 512]).toEqual([8 * 2 ** 20, expect.toSatisfy((bytes) => bytes <= 65_536)]);
    } finally {
      await succeed(['up', cluster.name]);
    }
    expect(await inside(['cat', `${there}/stopped/sub/sub/grün:1`])).toBe('content');
  });
});

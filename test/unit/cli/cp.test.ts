import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine, type FakeEngine } from '../../support/fake-engine.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import { hostile, tarOf } from '../../support/hostile-tar.ts';
import { runCli } from '../../support/run-cli.ts';

const node1 = '/srv/vcluster/node1.example.com';

let here: string;
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
});
afterEach(() => rm(here, { recursive: true }));

function demo(state: 'running' | 'exited' = 'exited'): FakeEngine {
  const cluster = fakeCluster('demo', 3, { state });
  for (const [path, content] of Object.entries({ 'etc/a': 'A', 'etc/sub/b': 'B', 'etc/sub/c': 'C' })) {
    cluster.files.set(`${node1}/${path}`, Buffer.from(content));
  }
  cluster.files.set('/etc/hosts', Buffer.from('hosts'));
  cluster.links.set('/etc/link', '/etc/hosts');
  cluster.links.set('/etc/dangling', '/nowhere');
  return fakeEngine({ containers: [cluster] });
}

const cp = (engine: FakeEngine, ...args: string[]) => runCli(['cp', ...args], { engine });
const filesOf = (engine: FakeEngine) => engine.state.containers[0]?.files ?? new Map<string, Buffer>();
const found = async () => (await readdir(here, { recursive: true })).sort();

describe('cp from a node', () => {
  it.each([
    [`node1:etc/a`, 'x', ['x']],
    [`node1.example.com:${node1}/etc/a`, '.', ['a']],
    ['node1:etc', 'new', ['new', 'new/a', 'new/sub', 'new/sub/b', 'new/sub/c']],
    ['node1:etc', 'new/', ['new', 'new/a', 'new/sub', 'new/sub/b', 'new/sub/c']],
    ['node1:etc', '.', ['etc', 'etc/a', 'etc/sub', 'etc/sub/b', 'etc/sub/c']],
    ['node1:etc/.', '.', ['a', 'sub', 'sub/b', 'sub/c']],
    ['node1:etc/sub/.', 'new', ['new', 'new/b', 'new/c']],
    ['node2:/etc/link', '.', ['link']],
  ])('copies %s to %s', async (source, destination, expected) => {
    const result = await cp(demo(), source, join(here, destination, destination.endsWith('/') ? '/' : ''));
    expect(result).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(await found()).toEqual(expected);
  });

  it('replaces an existing file', async () => {
    await writeFile(join(here, 'x'), 'before');
    await cp(demo(), 'node1:etc/a', join(here, 'x'));
    expect(await readFile(join(here, 'x'), 'utf8')).toBe('A');
  });

  it('reports the size with --json', async () => {
    const { stdout } = await cp(demo(), '--json', 'node1:etc', here);
    expect(JSON.parse(stdout)).toEqual({ entries: 4, bytes: 3 });
  });

  it.each([
    [
      'node1:none',
      '.',
      /^error: node1:none does not exist\nhint: the path in the slice is \/srv\/vcluster\/node1.example.com\/none/,
    ],
    ['node1:etc/a/', '.', /node1:etc\/a\/ is not a directory/],
    ['node1:etc/a', 'no/x', /there is no directory .*\/no\nhint: create it first/],
    ['node1:etc/a', 'no/', /there is no directory .*\/no\/\nhint: create it first, or omit the slash/],
    ['node1:etc', 'file', /file is a file: a directory cannot be copied there/],
    ['node1:etc/a', 'file/', /not a directory/],
    ['node1:/etc/dangling', '.', /is a symbolic link to \/nowhere, which does not exist/],
    ['node1:etc/a', 'loose', /loose is a dangling symbolic link/],
    [
      'node7:etc',
      '.',
      /node node7 does not exist\nhint: existing nodes: node1, node2, node3; for a local file, write \.\/node7:etc/,
    ],
  ])('refuses %s to %s', async (source, destination, said) => {
    await writeFile(join(here, 'file'), '');
    await symlink('nowhere', join(here, 'loose'));
    const { status, stderr } = await cp(demo(), source, `${here}/${destination}`);
    expect(status).toBe(125);
    expect(stderr).toMatch(said);
    expect(await found()).toEqual(['file', 'loose']);
  });

  it.each(hostile)('refuses an archive that %s, and leaves nothing', async (_what, entries, said) => {
    const engine = demo();
    engine.state.containers[0]?.archives.set(`${node1}/etc/.`, await tarOf(entries));
    const { status, stderr } = await cp(engine, 'node1:etc', here);
    expect([status, await found()]).toEqual([125, []]);
    expect(stderr).toMatch(said);
    expect(await cp(engine, 'node1:etc', '-')).toMatchObject({ status: 125, stdout: '' });
  });

  it('skips links that point outside the source with --skip-links, with a warning', async () => {
    const engine = demo();
    const tar = await tarOf([{ name: './good' }, { name: './lib', type: 'symlink', linkname: '/usr/lib' }]);
    engine.state.containers[0]?.archives.set(`${node1}/etc/.`, tar);
    const { status, stderr } = await cp(engine, '--skip-links', 'node1:etc', join(here, 'etc'));
    expect(status).toBe(0);
    expect(stderr).toBe('warning: skipped ./lib, a symbolic link to /usr/lib, which points outside the source\n');
    expect(await found()).toEqual(['etc', 'etc/good']);
  });
});

describe('cp to a node', () => {
  it('of a stopped cluster passes the files to the engine under their own names', async () => {
    const engine = demo();
    await mkdir(join(here, 'd/sub'), { recursive: true });
    await writeFile(join(here, 'd/sub/x:y'), 'colon');
    expect(await cp(engine, join(here, 'd'), 'node1:etc')).toMatchObject({ status: 0, stderr: '' });
    expect(filesOf(engine).get(`${node1}/etc/d/sub/x:y`)?.toString()).toBe('colon');
    expect(engine.execs()).toEqual([]);
  });

  it('of a running cluster unpacks next to the target, then moves the files', async () => {
    const engine = demo('running');
    await writeFile(join(here, 'new'), 'new');
    expect(await cp(engine, join(here, 'new'), 'node1:etc/a')).toMatchObject({ status: 0, stderr: '' });
    const [, command, staging, into] = engine.execs()[0]?.command.argv ?? [];
    expect([command, into]).toEqual(['move-into', `${node1}/etc`]);
    expect(
      filesOf(engine)
        .get(`${staging ?? ''}/a`)
        ?.toString(),
    ).toBe('new');
  });

  it('removes the unpacked files when the slice cannot move them', async () => {
    const engine = demo('running');
    engine.state.onExec = (_container, { argv }, { stderr }) => {
      if (argv[1] === 'move-into') stderr.write('cannot write file x: a directory of that name exists\n');
      return argv[1] === 'move-into' ? 1 : 0;
    };
    const { status, stderr } = await runCli(['cp', '-', 'node1:etc'], {
      engine,
      stdin: (await tarOf([{ name: 'x' }])).toString('latin1'),
    });
    expect(status).toBe(125);
    expect(stderr).toContain('error: cannot write file x: a directory of that name exists\nhint: nothing was copied');
    const staging = engine.execs()[0]?.command.argv[2];
    expect(engine.execs()[1]?.command.argv).toEqual(['rm', '-rf', '--', staging]);
  });

  it.each(hostile)(
    'refuses a tar stream that %s before the engine receives any of it',
    async (_what, entries, said) => {
      for (const state of ['running', 'exited'] as const) {
        const engine = demo(state);
        const stdin = (await tarOf(entries)).toString('latin1');
        const { status, stderr } = await runCli(['cp', '-', 'node1:etc'], { engine, stdin });
        expect(status).toBe(125);
        expect(stderr).toMatch(said);
        expect(engine.calls.map(({ method }) => method)).not.toContain('writeArchive');
      }
    },
  );

  it('refuses a local directory with a link that points outside it', async () => {
    await symlink('/etc/passwd', join(here, 'passwd'));
    const { status, stderr } = await cp(demo('running'), here, 'node1:');
    expect([status, stderr]).toEqual([125, expect.stringContaining('points outside the target: /etc/passwd')]);
  });

  it("reports the engine's message when the engine cannot copy", async () => {
    const engine = demo();
    engine.state.onCall = (method) => {
      if (method === 'writeArchive') throw new EngineError('no space left on device');
    };
    await writeFile(join(here, 'x'), 'x');
    expect(await cp(engine, join(here, 'x'), 'node1:')).toMatchObject({
      status: 125,
      stderr: 'error: no space left on device\n',
    });
  });

  it('copies from one node to another through a temporary file', async () => {
    const engine = demo();
    expect(await cp(engine, 'node1:etc', 'node2:/etc')).toMatchObject({ status: 0, stderr: '' });
    expect(filesOf(engine).get('/etc/etc/sub/b')?.toString()).toBe('B');
    expect(await cp(engine, 'node1:etc', 'node1:etc/sub')).toMatchObject({
      status: 125,
      stderr: 'error: cannot copy node1:etc into itself, node1:etc/sub\n',
    });
  });
});

describe('cp', () => {
  it.each([
    [['a', 'b'], /neither SRC nor DST is on a node/],
    [['./node1:a', 'b'], /neither/],
    [['-', 'b'], /neither/],
    [['--json', 'node1:etc', '-'], /--json cannot be combined with a tar stream/],
    [['node1:etc'], /missing required argument 'dst'/],
  ])('rejects %o', async (args, said) => {
    const { status, stderr } = await runCli(['cp', ...args], { engine: demo() });
    expect([status, stderr]).toEqual([2, expect.stringMatching(said)]);
  });

  it.each([
    [['node1:etc', '-'], { stdout: true }, 'cannot write a tar stream to a terminal'],
    [['-', 'node1:etc'], { stdin: true }, 'cannot read a tar stream from a terminal'],
  ])('rejects %o on a terminal', async (args, terminal, said) => {
    const { status, stderr } = await runCli(['cp', ...args], { engine: demo(), terminal });
    expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
  });

  it('leaves nothing behind when interrupted', async () => {
    const [engine, signals] = [demo(), fakeSignals()];
    engine.state.onCall = (method) => {
      if (method === 'readArchive') signals.send('SIGINT');
    };
    const result = await runCli(['cp', 'node1:etc', here], { engine, signals });
    expect(result).toMatchObject({ status: 130, stderr: 'error: interrupted; nothing was copied\n' });
    expect([await found(), signals.listeners()]).toEqual([[], 0]);
  });
});

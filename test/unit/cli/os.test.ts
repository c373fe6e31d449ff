import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packEntries } from '../../../src/archive/tar.ts';
import { walkEntries } from '../../../src/archive/walk-entries.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine, type FakeEngine } from '../../support/fake-engine.ts';
import { fakeSliceImage } from '../../support/fake-hosts.ts';
import { definitionFiles } from '../../support/os-definition.ts';
import { runCli } from '../../support/run-cli.ts';

const engineOf = () => fakeEngine({ containers: [fakeCluster('demo')] });
const written = ({ state }: FakeEngine) =>
  [...(state.containers[0]?.files.keys() ?? [])].filter((file) => file.includes('/os/'));
const shells = (engine: FakeEngine) =>
  engine.execs().flatMap(({ command: { argv } }) => (argv[0] === 'sh' ? [argv.slice(2)] : []));

describe('up --os', () => {
  it('copies whole definitions to a running cluster, and reports that', async () => {
    const engine = engineOf();
    await using files = await definitionFiles();
    const { status, stderr, stdout } = await runCli(['up', 'demo', '--os', files.path, '--json'], { engine });
    expect({ status, result: JSON.parse(stdout) as unknown }).toMatchObject({ status: 0, result: { changed: true } });
    expect(stderr).toContain('OS definitions installed on all nodes: mine');
    const [, staging = ''] = written(engine);
    expect(staging).toMatch(/^\/srv\/ganeti\/os\/\.vcluster-box-os-[0-9a-f]{12}\/$/);
    expect(written(engine)).toContain(`${staging}mine/create`);
    expect(shells(engine).map((words) => words.slice(2))).toEqual([[basename(staging), 'mine'], [basename(staging)]]);
  });

  it.each([
    ['another definition', (path: string) => mkdir(path)],
    ['a dangling link', (path: string) => symlink('/nowhere', path)],
    ['nothing', () => Promise.resolve()],
  ])('puts a definition in the place of %s, and leaves nothing else', async (_, make) => {
    const engine = engineOf();
    await using files = await definitionFiles();
    expect(await runCli(['up', 'demo', '--os', files.path], { engine })).toMatchObject({ status: 0 });
    const there = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
    onTestFinished(() => rm(there, { recursive: true }));
    await make(join(there, 'mine'));
    const staging = join(there, shells(engine).at(-1)?.[2] ?? 'none', 'mine');
    await mkdir(staging, { recursive: true });
    await writeFile(join(staging, 'create'), 'new');
    // The commands of the slice, in another folder.
    for (const [script = '', ...words] of shells(engine)) {
      expect(script).toContain('cd /srv/ganeti/os;');
      await execa('sh', ['-euc', script.replace('/srv/ganeti/os', there), ...words]);
    }
    expect(await readdir(there, { recursive: true })).toEqual(['mine', 'mine/create']);
  });

  it('skips unchanged definitions, and copies changed ones', async () => {
    const engine = engineOf();
    await using files = await definitionFiles();
    const container = engine.state.containers[0];
    const place = '/srv/ganeti/os/mine';
    container?.files.set(`${place}/create`, Buffer.from(''));
    container?.archives.set(`${place}/.`, await buffer(packEntries(walkEntries(files.path, '.'))));
    const up = async () =>
      JSON.parse((await runCli(['up', 'demo', '--os', files.path, '--json'], { engine })).stdout) as unknown;
    expect(await up()).toMatchObject({ changed: false });
    await writeFile(join(files.path, 'create'), '#!/bin/sh\nexit 1\n');
    expect(await up()).toMatchObject({ changed: true });
  });

  it('reports the reason when the slice cannot install them', async () => {
    const engine = engineOf();
    engine.state.onExec = (_container, { argv }, { stderr }) => {
      if (argv[0] !== 'sh') return 0;
      stderr.write('mv: no space left\n');
      return 1;
    };
    await using files = await definitionFiles();
    expect(await runCli(['up', 'demo', '--os', files.path], { engine })).toMatchObject({
      status: 125,
      stderr: expect.stringMatching(/the slice cannot write into \/srv\/ganeti\/os\n.*mv: no space left/) as string,
    });
  });

  it('refuses definitions that Ganeti would not accept before it calls the engine', async () => {
    const engine = engineOf();
    await using files = await definitionFiles({ create: undefined });
    expect(await runCli(['up', 'demo', '--os', files.parent], { engine })).toMatchObject({
      status: 2,
      stdout: '',
      stderr: `error: invalid OS definition: ${files.path}: create is missing\nhint: for the format of OS definitions, see ganeti-os-interface(7) and docs/os.md\n`,
    });
    expect(engine.execs()).toEqual([]);
  });

  it('is `os` in a configuration file, relative to that file; the flag is not', async () => {
    const engine = engineOf();
    await using files = await definitionFiles();
    const file = join(files.parent, 'cluster.yaml');
    await writeFile(file, 'os: [mine]\n');
    expect(await runCli(['up', 'demo', '-f', file], { engine })).toMatchObject({ status: 0 });
    expect(written(engine)).toContainEqual(expect.stringContaining('mine/create'));
    const flag = await runCli(['up', 'demo', '-f', file, '--os', 'mine'], { engine });
    expect(flag).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('invalid OS definition: mine is not a directory') as string,
    });
  });

  it('writes the definitions into a new cluster before it starts', async () => {
    const engine = fakeEngine({
      images: [await fakeSliceImage()],
      logs: [{ stream: 'stdout', text: '{"type":"ready"}' }],
    });
    await using files = await definitionFiles();
    expect(await runCli(['up', 'demo', '--os', files.path], { engine })).toMatchObject({ status: 0 });
    expect(written(engine)).toContain('/srv/ganeti/os/mine/create');
    const order = engine.calls.map(({ method }) => method);
    expect(order.indexOf('writeArchive')).toBeLessThan(order.indexOf('startContainer'));
  });
});

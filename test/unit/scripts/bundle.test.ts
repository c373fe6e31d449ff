import { mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../../..');
const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
const dist = join(folder, 'dist');
await execa('node', ['scripts/bundle.js', dist], { cwd: project });
await symlink(join(project, 'package.json'), join(folder, 'package.json'));

const run = (args: readonly string[], preload: readonly string[] = []) =>
  execa('node', [...preload, join(dist, 'bin.cjs'), ...args], { reject: false });

/** A file that runs before the program. */
const preload = async (name: string, text: string) => {
  const file = join(folder, name);
  await writeFile(file, text);
  return ['--require', file];
};

describe('the bundled program', () => {
  it('needs no packages', async () => {
    expect(await run(['--version'])).toMatchObject({ exitCode: 0, stdout: '0.1.0' });
    expect((await run(['up', '--help'])).stdout).toContain('vcluster-box up [options]');
    expect((await readdir(dist)).sort()).toEqual(['THIRD-PARTY-LICENSES', 'bin.cjs', 'program.cjs', 'program.cjs.map']);
  });

  it('loads no module of Node that --version does not need', async () => {
    const file = "process.on('exit', () => process.stdout.write(process.moduleLoadList.join(' ')))";
    const { stdout } = await run(['--version'], await preload('list.cjs', file));
    const loaded = stdout.split(/NativeModule |Internal Binding /).map((name) => name.trim());
    expect(loaded).toContain('path');
    expect(loaded.filter((name) => /^(child_process|crypto|http|https|tls)$/.test(name))).toEqual([]);
  });

  it('shows a bug with places in the sources', async () => {
    const file = `
      const fs = require('node:fs');
      const read = fs.readFileSync;
      fs.readFileSync = (...args) => {
        if (String(args[0]).endsWith('.bash')) throw new TypeError('broken');
        return read(...args);
      };`;
    const { exitCode, stderr } = await run(['completion', 'bash'], await preload('break.cjs', file));
    expect(exitCode).toBe(70);
    expect(stderr).toMatch(
      /TypeError: broken\n(?: +at .*\n)* +at readPackageFile \((?:.*\/)?src\/package-files\.ts:\d+:\d+\)\n/,
    );
    expect(stderr).not.toContain('program.cjs');
  });

  it('reports a bug if nothing is left to wait for before it has ended', async () => {
    const file = `
      const stdin = { async *[Symbol.asyncIterator]() { await new Promise(() => {}); } };
      Object.defineProperty(process, 'stdin', { value: stdin });`;
    const { exitCode, stderr } = await run(['config', 'validate', '-'], await preload('wait.cjs', file));
    expect([exitCode, stderr]).toEqual([
      70,
      'This is a bug in vcluster-box, please report it: it waits for something that cannot happen.',
    ]);
  });

  it('comes with the licenses of the packages in it', async () => {
    const text = await readFile(join(dist, 'THIRD-PARTY-LICENSES'), 'utf8');
    expect(text).toMatch(/^dockerode 5\.0\.1 \(Apache-2\.0\)\n\nApache License$/m);
    expect(text).toMatch(/^commander 14\.0\.3 \(MIT\)\n\n\(The MIT License\)\n\nCopyright \(c\) 2011 TJ Holowaychuk/m);
    expect(text).not.toMatch(/^(ssh2|protobufjs|@grpc)/m);
  });
});

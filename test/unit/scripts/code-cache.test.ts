import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../../..');
const folder = await mkdtemp(join(tmpdir(), 'code-cache-'));
await execa('node', ['scripts/bundle.js', join(folder, 'dist')], { cwd: project });
for (const name of ['package.json', 'completion']) await symlink(join(project, name), join(folder, name));

const newCache = () => mkdtemp(join(folder, 'cache-'));
const fileIn = (cache: string) => join(cache, 'vcluster-box', 'code');

/** Runs the program and expects that it works. */
async function run(cache: string, args: readonly string[] = ['--version'], { flags = [] as string[], env = {} } = {}) {
  const all = { XDG_CACHE_HOME: cache, ...env };
  const result = await execa('node', [...flags, join(folder, 'dist/bin.cjs'), ...args], { env: all, reject: false });
  if (args[0] === '--version') expect(result).toMatchObject({ exitCode: 0, stdout: '0.1.0', stderr: '' });
  return result;
}

/** The commands whose code is in the cache, and the identity of the file: each time it is written, it is another. */
async function look(cache: string) {
  const content = await readFile(fileIn(cache));
  const [, , ...commands] = content.toString('latin1', 0, content.indexOf('\n')).split(' ');
  return { commands, id: (await stat(fileIn(cache))).ino };
}

/** A cache that `--version` wrote. */
async function filled() {
  const cache = await newCache();
  await run(cache);
  return cache;
}

describe('the code cache', () => {
  it('is written once for each command that works', async () => {
    const cache = await filled();
    const first = await look(cache);
    expect(first.commands).toEqual(['--version']);
    await run(cache);
    await run(cache, ['no-such-command']);
    expect(await look(cache)).toEqual(first);
    expect((await run(cache, ['completion', 'bash'])).exitCode).toBe(0);
    expect((await look(cache)).commands).toEqual(['--version', 'completion']);
    expect(await readdir(join(cache, 'vcluster-box'))).toEqual(['code']);
  });

  it('can be read by its user only', async () => {
    const cache = await filled();
    expect((await stat(fileIn(cache))).mode & 0o777).toBe(0o600);
    expect((await stat(join(cache, 'vcluster-box'))).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (content: Buffer) => content.subarray(0, 100_000)],
    ['damaged', (content: Buffer) => Buffer.from(content).fill(255, 100_000, 100_064)],
  ])('is replaced if it is %s', async (_how, change) => {
    const cache = await filled();
    const content = await readFile(fileIn(cache));
    await writeFile(fileIn(cache), change(content));
    await run(cache);
    expect((await readFile(fileIn(cache))).length).toBeGreaterThan(200_000);
    expect((await look(cache)).commands).toEqual(['--version']);
  });

  it('is replaced if it is of another program of the same length', async () => {
    const cache = await filled();
    const program = join(folder, 'dist/program.cjs');
    const text = await readFile(program, 'latin1');
    const changed = text.replaceAll('print the version', 'PRINT THE VERSION');
    expect(changed).not.toBe(text);
    await writeFile(program, changed, 'latin1');
    expect((await run(cache, ['--help'])).stdout).toContain('PRINT THE VERSION');
    await writeFile(program, text, 'latin1');
    expect((await run(cache, ['--help'])).stdout).toContain('print the version');
    expect((await look(cache)).commands).toEqual(['--help']);
  });

  it('is replaced if it is of V8 with other options', async () => {
    const cache = await filled();
    await run(cache, ['--version'], { flags: ['--no-opt'] });
    const { id } = await look(cache);
    await run(cache);
    expect((await look(cache)).id).not.toBe(id);
  });

  it.skipIf(process.getuid?.() !== 0)('of another user is not run', async () => {
    const cache = await filled();
    const { id } = await look(cache);
    await chown(fileIn(cache), 12345, 12345);
    await run(cache);
    expect((await look(cache)).id).not.toBe(id);
    expect((await stat(fileIn(cache))).uid).toBe(0);
  });

  it('is not necessary', async () => {
    const cache = await newCache();
    await writeFile(join(cache, 'vcluster-box'), 'not a folder');
    await run(cache);
    expect(await readdir(cache)).toEqual(['vcluster-box']);
    await rm(join(cache, 'vcluster-box'));
    await chmod(cache, 0o500);
    await run(cache, ['--version'], { env: { NODE_DISABLE_COMPILE_CACHE: '1' } });
    await run('', ['--version'], { env: { HOME: '/dev/null' } });
    expect(await readdir(cache)).toEqual([]);
  });
});

import { mkdir, mkdtemp, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bash } from './bash.ts';

/** A folder of empty files, each with its time in seconds since the epoch. */
async function folder(times: Readonly<Record<string, number>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  for (const [name, time] of Object.entries(times)) {
    await mkdir(join(directory, dirname(name)), { recursive: true });
    await writeFile(join(directory, name), '');
    await utimes(join(directory, name), time, time);
  }
  // A folder's own time tells of files that went.
  for (const name of Object.keys(times)) {
    for (let above = dirname(name); above !== '.'; above = dirname(above)) await utimes(join(directory, above), 1, 1);
  }
  return directory;
}

it.each([
  ['20.19.0', 'v20.19.0', 0],
  ['20.19.0', 'v20.20.2', 0],
  ['20.19.0', 'v100.0.0', 0],
  ['20.19.0', 'v20.9.1', 1],
  ['20.19.0', 'v18.20.4', 1],
  ['20.19.0', 'none', 1],
])('of Node.js, at least %s is wanted: %s ends with %i', async (wanted, have, status) => {
  expect(await bash(`version_at_least ${wanted} ${have}`)).toMatchObject({ exitCode: status });
});

describe('dependencies are installed', () => {
  it.each([
    ['when there are none', { 'package-lock.json': 1 }, 0],
    ['when the lockfile is newer', { 'package-lock.json': 2, 'node_modules/.package-lock.json': 1 }, 0],
    ['not when they are newer', { 'package-lock.json': 1, 'node_modules/.package-lock.json': 2 }, 1],
  ])('%s', async (_, times, status) => {
    expect(await bash('dependencies_are_old', { cwd: await folder(times) })).toMatchObject({ exitCode: status });
  });
});

describe('the program is built', () => {
  const sources = { 'package.json': 1, 'tsconfig.json': 1, 'src/deep/a.ts': 1 };
  it.each([
    ['when it is not there', sources, 0],
    ['when a source is newer', { ...sources, 'dist/bin.js': 2, 'src/deep/b.ts': 3 }, 0],
    ['when a setting is newer', { ...sources, 'dist/bin.js': 2, 'tsconfig.build.json': 3 }, 0],
    ['not when it is newer than all', { ...sources, 'dist/bin.js': 2 }, 1],
  ])('%s', async (_, times, status) => {
    expect(await bash('build_is_old', { cwd: await folder(times) })).toMatchObject({ exitCode: status });
  });
});

describe('commands that the checks need', () => {
  const spy = 'install_packages() { echo "installs $*"; }';

  it('are not installed when they are there', async () => {
    expect(await bash(`${spy}; ensure_commands bash sort`)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('are installed by root', async () => {
    const { stdout } = await bash(`${spy}; can_install() { true; }; ensure_commands bash not-there`);
    expect(stdout).toBe('installs not-there');
  });

  it('are asked for otherwise', async () => {
    const { exitCode, stderr } = await bash(`${spy}; can_install() { false; }; ensure_commands not-there`);
    expect(exitCode).toBe(125);
    expect(stderr).toContain('apt-get install not-there');
  });
});

describe('what some tests want', () => {
  const spy = 'install_packages() { echo "installs $*"; }';

  it('of an engine of an ordinary user is installed as far as it is missing', async () => {
    const line = `${spy}; can_install() { true; }; has() { [[ $1 == slirp4netns ]]; }; ensure_rootless`;
    expect((await bash(line)).stdout).toBe('installs rootlesskit uidmap');
  });

  it.each(['ensure_rootless', 'ensure_shells', 'ensure_compose'])(
    'is left alone by %s where it may not be installed',
    async (ensure) => {
      const line = `${spy}; can_install() { false; }; has() { false; }; ${ensure}`;
      expect(await bash(line)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    },
  );
});

describe('mmdebstrap', () => {
  const begin = 'install_packages() { echo "installs $*"; }; can_install() { true; }';
  const has = (tools: string) => `has() { [[ " ${tools} " == *" $1 "* ]]; }`;

  it('is not installed where debootstrap is there', async () => {
    const { stdout } = await bash(`${begin}; ${has('debootstrap')}; node() { false; }; ensure_base 3.0`);
    expect(stdout).toBe('');
  });

  it('is not installed where the base image is there or can be pulled', async () => {
    const { stdout } = await bash(`${begin}; ${has('')}; node() { echo "$@"; }; ensure_base 3.0 3.1`);
    expect(stdout).toBe('dist/bin.js --quiet image pull --ganeti 3.0\ndist/bin.js --quiet image pull --ganeti 3.1');
  });

  it('is installed once where it cannot', async () => {
    const { stdout } = await bash(`${begin}; ${has('')}; node() { false; }; ensure_base 3.0 3.1`);
    expect(stdout).toBe('installs mmdebstrap');
  });
});

describe('packages', () => {
  it('are installed without the package manager’s chatter', async () => {
    const { stdout, stderr, exitCode } = await bash('apt-get() { echo "apt-get: $*"; }; install_packages one two');
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: '',
      stderr: 'Installing with apt-get: one two',
      exitCode: 0,
    });
  });

  it('that cannot be installed end the set-up with what the package manager said last', async () => {
    const { stderr, exitCode } = await bash('apt-get() { echo "E: no such package"; false; }; install_packages one');
    expect(exitCode).toBe(125);
    expect(stderr).toContain('E: no such package');
    expect(stderr).toMatch(/error: apt-get could not install one; all that it said is in \//);
  });
});

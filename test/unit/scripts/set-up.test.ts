import { mkdir, mkdtemp, readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { bash } from './bash.ts';

/** Creates a folder of empty files with these times, in seconds since the epoch. */
async function folder(times: Readonly<Record<string, number>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
  for (const [name, time] of Object.entries(times)) {
    await mkdir(join(directory, dirname(name)), { recursive: true });
    await writeFile(join(directory, name), '');
    await utimes(join(directory, name), time, time);
  }
  // The time of a folder shows that files were removed.
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
])('for Node.js %s or newer, %s exits with %i', async (minimum, version, status) => {
  expect(await bash(`version_at_least ${minimum} ${version}`)).toExitWith(status);
});

describe('dependencies are installed', () => {
  it.each([
    ['if there are none', { 'package-lock.json': 1 }, 0],
    ['if the lockfile is newer', { 'package-lock.json': 2, 'node_modules/.package-lock.json': 1 }, 0],
    ['not if they are newer', { 'package-lock.json': 1, 'node_modules/.package-lock.json': 2 }, 1],
  ])('%s', async (_, times, status) => {
    expect(await bash('dependencies_are_old', { cwd: await folder(times) })).toExitWith(status);
  });
});

describe('the program is built', () => {
  const sources = { 'package.json': 1, 'tsconfig.json': 1, 'src/deep/a.ts': 1 };
  it.each([
    ['if it does not exist', sources, 0],
    ['if a source is newer', { ...sources, 'dist/bin.cjs': 2, 'src/deep/b.ts': 3 }, 0],
    ['if a setting is newer', { ...sources, 'dist/bin.cjs': 2, 'tsconfig.build.json': 3 }, 0],
    ['not if it is newer than all of them', { ...sources, 'dist/bin.cjs': 2 }, 1],
  ])('%s', async (_, times, status) => {
    expect(await bash('build_is_old', { cwd: await folder(times) })).toExitWith(status);
  });
});

describe('required commands', () => {
  const spy = 'install_packages() { echo "installs $*"; }';

  it('are not installed if they exist', async () => {
    expect(await bash(`${spy}; ensure_commands bash sort`)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('are installed by root, by the names of their packages', async () => {
    const line = `${spy}; can_install() { true; }; ensure_commands bash not-there not-here:package nor-here:package`;
    expect((await bash(line)).stdout).toBe('installs not-there package');
  });

  it('are requested from other users', async () => {
    const { exitCode, stderr } = await bash(`${spy}; can_install() { false; }; ensure_commands not-there:package`);
    expect(exitCode).toBe(125);
    expect(stderr).toContain('apt-get install package');
  });
});

describe('the commands of tests', () => {
  const spy = 'install_packages() { echo "installs $*"; }; docker() { false; }';
  const required = ['shellcheck', 'python3', 'curl', 'git', 'openssl', 'ssh', 'script', 'pgrep', 'tar'];
  const has = `has() { [[ " ${required.join(' ')} slirp4netns " == *" $1 "* ]]; }`;

  it('are installed at once by root', async () => {
    const { stdout } = await bash(`${spy}; can_install() { true; }; ${has}; ensure_test_commands`);
    const [verb, ...packages] = stdout.split(' ').filter((name) => name !== 'python3-ganeti-rapi');
    const podman = ['aardvark-dns', 'netavark', 'podman', 'runc'];
    const others =
      'binutils docker-compose dpkg-dev fish iproute2 iptables passwd rootlesskit uidmap util-linux zsh'.split(' ');
    expect([verb, packages.toSorted()]).toEqual(['installs', [...podman, ...others].toSorted()]);
  });

  it('are not all needed: if the optional ones cannot be installed, the tests start', async () => {
    const line = `can_install() { true; }; ${has}; docker() { false; }; apt-get() { false; }; ensure_test_commands; echo starts`;
    expect(await bash(line)).toMatchObject({ exitCode: 0, stdout: 'starts' });
  });

  it('are not installed without root', async () => {
    const line = `${spy}; can_install() { false; }; ${has}; ensure_test_commands`;
    expect(await bash(line)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('are all that a test or its support starts', async () => {
    const { stdout: files } = await execa('git', ['ls-files', 'test/*.ts', 'bench/*.ts']);
    const texts = await Promise.all(files.split('\n').map((file) => readFile(file, 'utf8')));
    // What begins a command here, or in the namespaces of a simulated host; and what a test says that it needs.
    const begins = /\b(?:execa|execaSync|spawn|(?:alpha|beta|gamma|host)\.run|enter|ip)\(\s*\[?\s*'([a-z][a-z-]*)'/g;
    const lists = /const (?:needed|programs|missing) = \[([^;]*?)\]/g;
    const started = texts.flatMap((text) => [
      ...[...text.matchAll(begins)].map(([, name = '']) => name),
      ...[...text.matchAll(lists)].flatMap(([, list = '']) =>
        [...list.matchAll(/'([^']+)'/g)].map(([, name = '']) => name),
      ),
    ]);
    expect(started).toEqual(expect.arrayContaining(['iptables', 'slirp4netns', 'openssl', 'runc', 'curl']));
    // Of packages that every Debian system has, of the engine and of Node.js.
    const base = 'bash sh env kill grep id cp stty mkfifo timeout userdel dpkg dpkg-deb'.split(' ');
    const others =
      'docker dockerd node npm npx ssh-keygen ssh-keyscan /usr/share/docker.io/contrib/dockerd-rootless.sh';
    const present = new Set([...base, ...others.split(' '), 'dockerd-rootless.sh']);
    const script = (await readFile('scripts/set-up.bash', 'utf8')) + (await readFile('scripts/engine.bash', 'utf8'));
    const installed = (name: string) => new RegExp(`[ (]${name}[ :)\\n]`).test(script);
    expect([...new Set(started)].filter((name) => !present.has(name) && !installed(name))).toEqual([]);
  });
});

describe('mmdebstrap', () => {
  const begin = 'install_packages() { echo "installs $*"; }; can_install() { true; }';
  const has = (tools: string) => `has() { [[ " ${tools} " == *" $1 "* ]]; }`;

  it('is not installed if debootstrap is', async () => {
    const { stdout } = await bash(`${begin}; ${has('debootstrap')}; node() { false; }; ensure_base 3.0`);
    expect(stdout).toBe('');
  });

  it('is not installed if the base images exist or can be pulled', async () => {
    const { stdout } = await bash(`${begin}; ${has('')}; node() { echo "$@"; }; ensure_base 3.0 3.1`);
    expect(stdout).toBe('dist/bin.cjs --quiet image pull --ganeti 3.0\ndist/bin.cjs --quiet image pull --ganeti 3.1');
  });

  it('is installed once if a base image cannot be pulled', async () => {
    const { stdout } = await bash(`${begin}; ${has('')}; node() { false; }; ensure_base 3.0 3.1`);
    expect(stdout).toBe('installs mmdebstrap');
  });
});

describe('packages', () => {
  it('are installed without output of the package manager', async () => {
    const { stdout, stderr, exitCode } = await bash('apt-get() { echo "apt-get: $*"; }; install_packages one two');
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: '',
      stderr: 'Installing with apt-get: one two',
      exitCode: 0,
    });
  });

  it('that cannot be installed end the set-up with the last output of the package manager', async () => {
    const { stderr, exitCode } = await bash('apt-get() { echo "E: no such package"; false; }; install_packages one');
    expect(exitCode).toBe(125);
    expect(stderr).toContain('E: no such package');
    expect(stderr).toMatch(/error: apt-get failed to install one; its output is in \//);
  });
});

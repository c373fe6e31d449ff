import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { env, execPath, getuid, stderr } from 'node:process';
import { execa, execaSync } from 'execa';
import { mmdebstrapArguments } from '../../src/image/bootstrap.ts';
import { findDebianArchive } from '../../src/image/package-sources.ts';
import { openNamespaces } from './namespaces.ts';
import { removedAtEnd } from './removed-at-end.ts';

/** A machine with Debian's essential packages, Node.js and a clone of this project, and nothing else. */
export interface BareMachine extends AsyncDisposable {
  /** Runs a command in the clone; its output is also shown. */
  readonly run: (...argv: readonly string[]) => Promise<{ exitCode: number; stdout: string; stderr: string }>;
}

const release = 'bookworm';

/** What this machine lacks to simulate one, in words; `undefined` if nothing is missing. */
export function whyNoBareMachine(): string | undefined {
  if (getuid?.() !== 0) return 'only root can start one';
  const needed = ['mmdebstrap', 'slirp4netns', 'unshare', 'nsenter', 'git'];
  const missing = needed.filter((name) => execaSync('sh', ['-c', `command -v ${name}`], { reject: false }).exitCode);
  return missing.length === 0 ? undefined : `not found: ${missing.join(', ')}`;
}

/**
 * Creates and starts one in namespaces of its own. It reaches what this machine reaches, and nothing reaches it. It
 * ends with everything in it when it is disposed of, or when this process ends.
 */
export async function startBareMachine(): Promise<BareMachine> {
  const { folder, remove } = await removedAtEnd('bare');
  const root = join(folder, 'root');
  await installDebian(root);
  await installNode(root);
  await execa('git', ['clone', '--quiet', process.cwd(), join(root, 'root', 'clone')]);
  // Its containers have control groups that this machine removes with the folder.
  await mkdir(join(root, 'etc', 'docker'));
  const daemon = { 'exec-opts': ['native.cgroupdriver=cgroupfs'], 'cgroup-parent': `/${basename(folder)}` };
  await writeFile(join(root, 'etc', 'docker', 'daemon.json'), JSON.stringify(daemon));

  const namespaces = await openNamespaces(enterRoot(root));
  const network = await connect(namespaces.pid);
  return {
    run: async (...argv) => {
      const clean = ['env', '-i', 'HOME=/root', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', ...certificates()];
      const child = execa(...namespaces.enter([...clean, 'sh', '-c', 'cd /root/clone && exec "$@"', 'sh', ...argv]), {
        reject: false,
        extendEnv: false,
        stdin: 'ignore',
      });
      child.stdout.pipe(stderr, { end: false });
      child.stderr.pipe(stderr, { end: false });
      const { exitCode = -1, stdout: out, stderr: err } = await child;
      return { exitCode, stdout: out, stderr: err };
    },
    async [Symbol.asyncDispose]() {
      await namespaces.close();
      network.stdin?.end();
      await remove();
    },
  };
}

/** From the archive that this machine uses, as base images are made. */
async function installDebian(root: string): Promise<void> {
  const source = await findDebianArchive({});
  if (source === undefined) throw new Error('this machine has no Debian archive');
  const argv = mmdebstrapArguments(release, source).map((word) => (word === '-' ? root : word));
  await execa('mmdebstrap', argv, { stdin: 'ignore' });
  for (const folder of ['dev', 'proc', 'sys', 'mnt']) await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'etc', 'resolv.conf'), 'nameserver 10.0.2.3\n');
  await writeFile(join(root, 'etc', 'hosts'), '127.0.0.1 localhost\n');
  const trusted = '/etc/ssl/certs/ca-certificates.crt';
  if (existsSync(trusted)) await copyFile(trusted, join(root, trusted));
}

/** Those of this machine, which Debian's release does not have. */
async function installNode(root: string): Promise<void> {
  await copyFile(execPath, join(root, 'usr', 'bin', 'node'));
  const { stdout: program } = await execa('sh', ['-c', 'command -v npm']);
  const npm = dirname(dirname(await realpath(program)));
  await cp(npm, join(root, 'usr', 'lib', 'node_modules', 'npm'), { recursive: true });
  for (const name of ['npm', 'npx'])
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, 'usr', 'bin', name));
}

/** A machine behind a proxy of its own trusts further certificates. */
function certificates(): readonly string[] {
  const names = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'].filter((name) => env[name]?.endsWith('ca-certificates.crt'));
  return names.map((name) => `${name}=/etc/ssl/certs/ca-certificates.crt`);
}

/** Shell commands, in new namespaces: everything that enters these later has this root directory. */
const enterRoot = (root: string) =>
  `
mount --bind ${root} ${root} && cd ${root} &&
  mount -t proc proc proc && mount -t sysfs sysfs sys && mount --rbind /sys/fs/cgroup sys/fs/cgroup &&
  mount --rbind /dev dev && mount -t tmpfs tmpfs run && mount -t tmpfs tmpfs tmp &&
  echo bare > /proc/sys/kernel/hostname && pivot_root . mnt && umount -l mnt`.trim();

/** User-mode networking: neither addresses nor rules of this machine change. */
async function connect(pid: number): Promise<ChildProcess> {
  const child = spawn('slirp4netns', ['--configure', '--exit-fd=0', '--ready-fd=3', `${pid}`, 'tap0'], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  });
  const ready = child.stdio[3];
  if (ready === null || ready === undefined) throw new Error('slirp4netns does not start');
  await Promise.race([
    once(ready, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('slirp4netns ended');
    }),
  ]);
  return child;
}

import { chown, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { env, getuid } from 'node:process';
import Docker from 'dockerode';
import { execaSync } from 'execa';
import { vi } from 'vitest';
import { openNamespaces, type Namespaces } from './namespaces.ts';
import { makeOrdinaryUser, type OrdinaryUser } from './ordinary-user.ts';
import { copyImage } from './private-engine.ts';

/** A Docker engine that an ordinary user runs. Its published ports are reachable on this machine. */
export interface RootlessEngine extends AsyncDisposable {
  /** for `DOCKER_HOST` */
  readonly endpoint: string;
  /** accesses the engine directly */
  readonly docker: Docker;
  readonly user: OrdinaryUser;
  /** the user's home directory */
  readonly home: string;
  /** Copies an image from another engine. */
  readonly load: (from: Docker, image: string) => Promise<void>;
}

/** Docker's own packages put it in the PATH, Debian's does not. */
const programs = ['dockerd-rootless.sh', '/usr/share/docker.io/contrib/dockerd-rootless.sh'];

/** What this machine lacks to run one, in words; `undefined` if nothing is missing. */
export function whyNoRootlessEngine(): string | undefined {
  if (getuid?.() !== 0) return 'only root can make a user for it';
  if (!programs.some(isThere)) return 'not found: dockerd-rootless.sh';
  const needed = ['dockerd', 'rootlesskit', 'slirp4netns', 'newuidmap', 'unshare', 'nsenter', 'setpriv', 'useradd'];
  const missing = needed.filter((program) => !isThere(program));
  return missing.length === 0 ? undefined : `not found: ${missing.join(', ')}`;
}

function isThere(program: string): boolean {
  return execaSync('sh', ['-c', `command -v ${program}`], { reject: false }).exitCode === 0;
}

/**
 * Creates and starts an engine. It is removed, with its user and everything that it created, when it is disposed of;
 * it also ends when this process ends.
 */
export async function startRootlessEngine(): Promise<RootlessEngine> {
  // Not in /tmp, which can be a memory file system: images are large.
  const home = await mkdtemp('/var/tmp/vcluster-box-rootless-');
  const user = await makeOrdinaryUser(home);
  for (const folder of ['', 'run', 'data']) {
    await mkdir(join(home, folder), { recursive: true });
    await chown(join(home, folder), user.uid, user.gid);
  }
  const namespaces = await openNamespaces(setUp(home), 'shared');
  const socketPath = join(home, 'run', 'docker.sock');
  const docker = new Docker({ socketPath });
  const end = async () => {
    await namespaces.close();
    await user[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  };
  try {
    start(namespaces, user, home);
    await vi.waitFor(() => docker.ping(), { timeout: 60_000, interval: 100 });
  } catch (cause) {
    const log = (await readFile(join(home, 'dockerd.log'), 'utf8')).split('\n').slice(-10).join('\n');
    await end();
    throw new Error(`the rootless engine does not start:\n${log}`, { cause });
  }
  const load = (from: Docker, image: string) => copyImage(from, docker, image);
  return { endpoint: `unix://${socketPath}`, docker, user, home, load, [Symbol.asyncDispose]: end };
}

/** On most systems every user can open this device, which is harmless; otherwise, the namespaces get their own. */
const setUp = (home: string) =>
  `
if [ "$(stat -c %a /dev/net/tun)" != 666 ]; then
  mkdir ${home}/dev && mount -t tmpfs none ${home}/dev && mknod -m 666 ${home}/dev/tun c 10 200 &&
    mount --bind ${home}/dev/tun /dev/net/tun
fi`.trim();

function start({ run }: Namespaces, { uid, gid }: OrdinaryUser, home: string): void {
  const as = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', 'env', '-i'];
  const path = `${env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const variables = [`PATH=${path}`, `HOME=${home}`, `XDG_RUNTIME_DIR=${join(home, 'run')}`];
  // Independent of the machine: with systemd's driver it would need a session of that user.
  const options = ['--data-root', join(home, 'data'), '--exec-opt', 'native.cgroupdriver=cgroupfs'];
  run([...as, ...variables, programs.find(isThere) ?? '', ...options], join(home, 'dockerd.log'));
}

import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env, getuid } from 'node:process';
import Docker from 'dockerode';
import { execaSync } from 'execa';
import { vi } from 'vitest';
import { openNamespaces } from './namespaces.ts';
import { makeOrdinaryUser } from './ordinary-user.ts';
import { copyImage } from './private-engine.ts';
import { removedAtEnd } from './removed-at-end.ts';

/** Podman with storage, network and processes of its own. Its published ports are only reachable from its network. */
export interface PodmanEngine extends AsyncDisposable {
  /** for `DOCKER_HOST` */
  readonly endpoint: string;
  /** accesses the engine directly */
  readonly docker: Docker;
  /** @returns a program and arguments that run a command in the engine's network */
  readonly enter: (argv: readonly string[]) => [program: string, argv: string[]];
  readonly rootless: boolean;
  /** Without control groups, which Podman of an ordinary user has only in version 2, it cannot pause containers. */
  readonly pauses: boolean;
  /** Copies an image from another engine. */
  readonly load: (from: Docker, image: string) => Promise<void>;
}

/** A root directory with another version of Podman, as mmdebstrap makes it; default: this machine's Podman. */
const otherRoot = env['VCLUSTER_BOX_TEST_PODMAN_ROOT'] ?? '';
/** Whether an ordinary user runs Podman. */
const rootless = env['VCLUSTER_BOX_TEST_PODMAN_ROOTLESS'] === '1';

/** Debian's Podman; `netavark` is not in the PATH. */
const programs = [
  ...['podman', '/usr/lib/podman/netavark', '/usr/lib/podman/aardvark-dns', 'runc', 'unshare', 'nsenter'],
  ...(rootless ? ['newuidmap', 'slirp4netns', 'setpriv'] : []),
];

/** What this machine lacks to run one, in words; `undefined` if nothing is missing. */
export function whyNoPodman(): string | undefined {
  if (getuid?.() !== 0) return 'only root can start it in a network of its own';
  const missing = programs.filter((one) => execaSync('sh', ['-c', `command -v ${one}`], { reject: false }).failed);
  return missing.length === 0 ? undefined : `not found: ${missing.join(', ')}`;
}

/** Starts Podman. It ends, with everything that it created, when it is disposed of or this process ends. */
export async function startPodman(): Promise<PodmanEngine> {
  const { folder, remove } = await removedAtEnd('podman');
  const at = (name: string) => join(folder, name);
  const user = rootless ? await makeOrdinaryUser(folder) : undefined;
  for (const name of ['', 'tmp', 'run', 'data', 'networks']) {
    await mkdir(at(name), { recursive: true });
    if (user !== undefined) await chown(at(name), user.uid, user.gid);
  }
  await writeFile(at('runc'), runtime);
  await chmod(at('runc'), 0o755);
  await writeFile(at('containers.conf'), configuration(folder));
  // Podman keeps its locks, network namespaces and runtime's state there.
  const ownState = 'mount -t tmpfs none /run && mount -t tmpfs -o mode=1777 none /dev/shm';
  const namespaces = await openNamespaces(['ip link set lo up', ownState, ...otherPrograms, ...devices].join(' && '));
  const variables = [`CONTAINERS_CONF=${at('containers.conf')}`, `TMPDIR=${at('tmp')}`];
  const storage = ['--root', at('data'), '--runroot', at('run')];
  const socketPath = at('podman.sock');
  const service = ['podman', ...storage, 'system', 'service', '--time', '0', `unix://${socketPath}`];
  const docker = new Docker({ socketPath });
  const asUser = user && ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const own = user === undefined ? [] : [`HOME=${folder}`, `XDG_RUNTIME_DIR=${at('run')}`];
  namespaces.run([...(asUser ?? []), 'env', ...variables, ...own, ...service], at('podman.log'));
  await vi.waitFor(() => docker.ping(), { timeout: 30_000, interval: 100 });
  return {
    endpoint: `unix://${socketPath}`,
    docker,
    rootless,
    pauses: !rootless || existsSync('/sys/fs/cgroup/cgroup.controllers'),
    enter: namespaces.enter,
    load: (from, image) => copyImage(from, docker, image),
    async [Symbol.asyncDispose]() {
      await namespaces.close();
      await user?.[Symbol.asyncDispose]();
      await remove();
    },
  };
}

const otherPrograms =
  otherRoot === ''
    ? []
    : ['usr', 'etc/containers', 'etc/ld.so.cache'].map((path) => `mount --bind ${otherRoot}/${path} /${path}`);

/** On most systems every user can open these devices. */
const devices = rootless
  ? [
      'mkdir /run/dev && mknod -m 666 /run/dev/tun c 10 200 && mknod -m 666 /run/dev/fuse c 10 229',
      'mount --bind /run/dev/tun /dev/net/tun && mount --bind /run/dev/fuse /dev/fuse',
    ]
  : [];

/** Independent of systemd. */
const configuration = (folder: string) => `
[engine]
events_logger = "file"
cgroup_manager = "cgroupfs"
runtime = "${folder}/runc"
[network]
network_config_dir = "${folder}/networks"
`;

/** Podman gives containers the highest limits of the kernel, which not every root can: leaves these limits out. */
const runtime = `#!/bin/bash
highest='"type":"RLIMIT_(NOFILE|NPROC)","hard":(1048576|4194304),"soft":[0-9]+'
previous=
for word; do
  case $previous in
    --bundle) file=$word/config.json ;;
    --process) file=$word ;;
    *) file= ;;
  esac
  [[ -z $file ]] || sed -Ei "s/,?\\\\{$highest\\\\}//g; s/\\"rlimits\\":\\\\[,/\\"rlimits\\":[/" "$file"
  previous=$word
done
exec runc "$@"
`;

import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { getuid } from 'node:process';
import Docker from 'dockerode';
import { execa, execaSync } from 'execa';
import { vi } from 'vitest';
import { openNamespaces, type Namespaces } from './namespaces.ts';
import { removedAtEnd, type RemovedAtEnd } from './removed-at-end.ts';

/**
 * A private Docker engine for a test, with its own network, processes, images and containers. A test can stop, kill
 * and start it without affecting the shared engine. Several can run at once. Its containers reach nothing outside,
 * and its published ports are only reachable from its own network.
 */
export interface PrivateEngine extends AsyncDisposable {
  /** for `DOCKER_HOST` */
  readonly endpoint: string;
  /** accesses the engine directly */
  readonly docker: Docker;
  /** Starts the engine if it does not run, and waits until it answers. */
  readonly start: () => Promise<void>;
  /** Like a shutdown of the machine: stops the containers first. */
  readonly stop: () => Promise<void>;
  /** Sends SIGKILL only to the engine: its containers keep running. */
  readonly kill: () => Promise<void>;
  /** Kills the engine and all containers at once, without notice. */
  readonly cutPower: () => Promise<void>;
  /** Copies an image from another engine. */
  readonly load: (from: Docker, image: string) => Promise<void>;
}

/** What this machine lacks to run one, in words; `undefined` if nothing is missing. */
export function whyNoPrivateEngine(): string | undefined {
  if (getuid?.() !== 0) return 'only root can start an engine';
  const missing = ['dockerd', 'unshare', 'nsenter', 'ip'].filter(
    (program) => execaSync('sh', ['-c', `command -v ${program}`], { reject: false }).exitCode !== 0,
  );
  return missing.length === 0 ? undefined : `not found: ${missing.join(', ')}`;
}

/**
 * Creates and starts an engine. It ends, with everything that it created, when it is disposed of or this process
 * ends.
 */
export async function startPrivateEngine(machine: Machine = {}): Promise<PrivateEngine> {
  return engineIn(await removedAtEnd('engine'), machine);
}

/** The machine that an engine runs on. */
export interface Machine {
  /** a shell command that runs in its namespaces before all others */
  readonly setUp?: string;
  /** Called whenever its namespaces are new, as after a power failure. */
  readonly boot?: (namespaces: Namespaces) => Promise<void>;
  /** where the engine listens; default: `docker.sock` in its folder */
  readonly socketPath?: string;
  /** further options of dockerd */
  readonly options?: readonly string[];
}

/** @param place the engine's folder, which is removed with the engine; `data` in it can contain images already */
export async function engineIn(place: RemovedAtEnd, machine: Machine = {}): Promise<PrivateEngine> {
  const { folder } = place;
  const { setUp = 'true', boot, socketPath = join(folder, 'docker.sock'), options = [] } = machine;
  await mkdir(join(folder, 'data'), { recursive: true });
  // Newer engines store images in containerd by default. Simulated hosts link images, so all use the older storage.
  await writeFile(join(folder, 'daemon.json'), JSON.stringify({ features: { 'containerd-snapshotter': false } }));
  // Engines up to Docker 23 store the source of their id there, so all would have the same id.
  await mkdir(join(folder, 'etc'));
  const ownIdentity = `mkdir -p /etc/docker && mount --bind ${join(folder, 'etc')} /etc/docker`;
  const open = () => openNamespaces(`ip link set lo up && ${ownIdentity} && ${setUp}`);
  let namespaces = await open();
  let booted = false;
  const docker = new Docker({ socketPath });
  let daemon: ReturnType<typeof namespaces.run> | undefined;

  const start = async () => {
    if (!booted) await boot?.(namespaces);
    booted = true;
    daemon ??= namespaces.run([...daemonCommand(folder, socketPath), ...options], join(folder, 'dockerd.log'));
    await vi.waitFor(() => docker.ping(), { timeout: 30_000, interval: 100 });
  };
  const end = async (signal: 'TERM' | 'KILL') => {
    if (daemon === undefined) return;
    const ended = daemon;
    daemon = undefined;
    // A pid in the engine's own pid namespace, so it cannot kill an unrelated process.
    const pid = (await readFile(join(folder, 'dockerd.pid'), 'utf8')).trim();
    await execa(...namespaces.enter(['kill', `-${signal}`, pid]));
    if (ended.exitCode === null && ended.signalCode === null) await once(ended, 'exit');
  };
  const engine: PrivateEngine = {
    endpoint: `unix://${socketPath}`,
    docker,
    start,
    stop: () => end('TERM'),
    kill: () => end('KILL'),
    cutPower: async () => {
      await namespaces.close();
      daemon = undefined;
      booted = false;
      // Files that a machine keeps in /run, which is empty after a boot.
      for (const name of ['exec', 'dockerd.pid']) await rm(join(folder, name), { recursive: true, force: true });
      namespaces = await open();
    },
    load: (from, image) => copyImage(from, docker, image),
    async [Symbol.asyncDispose]() {
      await namespaces.close();
      await place.remove();
    },
  };
  try {
    await start();
    return engine;
  } catch (cause) {
    const log = (await readFile(join(folder, 'dockerd.log'), 'utf8')).split('\n').slice(-10).join('\n');
    await engine[Symbol.asyncDispose]();
    throw new Error(`the private engine does not start:\n${log}`, { cause });
  }
}

function daemonCommand(folder: string, socketPath: string): readonly string[] {
  const at = (name: string) => join(folder, name);
  return [
    'dockerd',
    ...['--config-file', at('daemon.json'), '--data-root', at('data'), '--exec-root', at('exec')],
    ...['--pidfile', at('dockerd.pid'), '--host', `unix://${socketPath}`],
    // Independent of the machine's cgroup driver, so that the cgroup can be found by our own name.
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--cgroup-parent', `/${basename(folder)}`],
  ];
}

/** From one engine to another, without an intermediate copy. */
export async function copyImage(from: Docker, to: Docker, image: string): Promise<void> {
  const progress = await to.loadImage(await from.getImage(image).get());
  progress.resume();
  await once(progress, 'end');
  await to.getImage(image).inspect();
}

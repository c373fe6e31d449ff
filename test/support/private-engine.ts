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
 * A Docker engine of a test's own, with its own network, processes, images and containers: to be stopped, killed and
 * started without touching the engine that all share.  Several may run at once.
 *
 * Its containers reach nothing outside, and what it publishes is reached from its own network only.
 */
export interface PrivateEngine extends AsyncDisposable {
  /** for `DOCKER_HOST` */
  readonly endpoint: string;
  /** without vcluster-box in between */
  readonly docker: Docker;
  /** Starts it when it does not run, and waits until it answers. */
  readonly start: () => Promise<void>;
  /** As at a shutdown of the machine: it stops its containers first. */
  readonly stop: () => Promise<void>;
  /** SIGKILL of the engine alone: its containers run on. */
  readonly kill: () => Promise<void>;
  /** Ends the engine and all containers at once, without a word to any of them. */
  readonly cutPower: () => Promise<void>;
  /** Copies an image from another engine. */
  readonly load: (from: Docker, image: string) => Promise<void>;
}

/** What is missing for one here, in words; `undefined`: nothing. */
export function whyNoPrivateEngine(): string | undefined {
  if (getuid?.() !== 0) return 'only root can start an engine';
  const missing = ['dockerd', 'unshare', 'nsenter', 'ip'].filter(
    (program) => execaSync('sh', ['-c', `command -v ${program}`], { reject: false }).exitCode !== 0,
  );
  return missing.length === 0 ? undefined : `not found: ${missing.join(', ')}`;
}

/** A new one, that runs.  It ends, with all that it made, when it is disposed of or this process ends. */
export async function startPrivateEngine(): Promise<PrivateEngine> {
  return engineIn(await removedAtEnd('engine'));
}

/** The machine that an engine runs on. */
export interface Machine {
  /** a shell command that is run in its namespaces before all others */
  readonly setUp?: string;
  /** Called whenever its namespaces are new: as when a machine has got power. */
  readonly boot?: (namespaces: Namespaces) => Promise<void>;
  /** where the engine listens; `docker.sock` in its folder when left out */
  readonly socketPath?: string;
  /** further options of dockerd */
  readonly options?: readonly string[];
}

/** @param place the engine's folder, which goes with the engine; `data` in it may have images already */
export async function engineIn(place: RemovedAtEnd, machine: Machine = {}): Promise<PrivateEngine> {
  const { folder } = place;
  const { setUp = 'true', boot, socketPath = join(folder, 'docker.sock'), options = [] } = machine;
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(join(folder, 'daemon.json'), '{}');
  // Engines up to Docker 23 keep there what their id is made of, and so would all have the same one.
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
    // An id in the engine's own namespace of processes, where there is nothing that it could hit by mistake.
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
      // What a machine has in /run, which is empty when it starts.
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
    // Whatever the machine has, so that a name of our own is found again.
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--cgroup-parent', `/${basename(folder)}`],
  ];
}

/** From one engine to another, without a copy in between. */
export async function copyImage(from: Docker, to: Docker, image: string): Promise<void> {
  const progress = await to.loadImage(await from.getImage(image).get());
  progress.resume();
  await once(progress, 'end');
  await to.getImage(image).inspect();
}

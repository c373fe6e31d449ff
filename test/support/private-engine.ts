import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { getuid } from 'node:process';
import Docker from 'dockerode';
import { execa, execaSync } from 'execa';
import { vi } from 'vitest';
import { removeCgroups } from './cgroups.ts';
import { openNamespaces } from './namespaces.ts';

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
  // Not in /tmp, which may be memory: images are large.
  const folder = await mkdtemp('/var/tmp/vcluster-box-engine-');
  const socketPath = join(folder, 'docker.sock');
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'daemon.json'), '{}');
  let namespaces = await openNamespaces(setUp);
  const docker = new Docker({ socketPath });
  let daemon: ReturnType<typeof namespaces.run> | undefined;

  const start = async () => {
    daemon ??= namespaces.run(daemonCommand(folder), join(folder, 'dockerd.log'));
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
      // What a machine has in /run, which is empty when it starts.
      for (const name of ['exec', 'dockerd.pid']) await rm(join(folder, name), { recursive: true, force: true });
      namespaces = await openNamespaces(setUp);
    },
    load: (from, image) => copyImage(from, docker, image),
    async [Symbol.asyncDispose]() {
      await namespaces.close();
      await removeCgroups(basename(folder));
      await rm(folder, { recursive: true, force: true });
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

/** A new network has a loopback device, but it is down. */
const setUp = 'ip link set lo up';

function daemonCommand(folder: string): readonly string[] {
  const at = (name: string) => join(folder, name);
  return [
    'dockerd',
    ...['--config-file', at('daemon.json'), '--data-root', at('data'), '--exec-root', at('exec')],
    ...['--pidfile', at('dockerd.pid'), '--host', `unix://${at('docker.sock')}`],
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

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type Docker from 'dockerode';
import { vi } from 'vitest';
import type { Namespaces } from '../namespaces.ts';
import { engineIn } from '../private-engine.ts';
import { removedAtEnd } from '../removed-at-end.ts';
import { addressOf, type Lan } from './lan.ts';
import { socketInRoot, sshdCommand } from './sshd.ts';
import { tlsOptions } from './tls.ts';

/** A simulated machine: an engine and an sshd with their own processes, network, mounts and host name. */
export interface Host extends AsyncDisposable {
  /** from 1 on */
  readonly number: number;
  /** name of the machine, also in the ssh configuration */
  readonly name: string;
  /** address in the network of all hosts */
  readonly address: string;
  readonly ssh: string;
  readonly unix: string;
  /** endpoint that requires client certificates; only open if TLS was requested */
  readonly tcp: string;
  /** the folder with all data of its engine */
  readonly data: string;
  /** its engine, accessed directly */
  readonly docker: Docker;
  /** Starts the host if it is down, and waits until its engine answers. */
  readonly start: () => Promise<void>;
  /** Kills all its processes at once, like a power failure. */
  readonly kill: () => Promise<void>;
  /** Unplugs its network cable: everything keeps running without a connection. */
  readonly cutOff: () => Promise<void>;
  readonly heal: () => Promise<void>;
  /** Runs a command in the host's network, with the files of this machine; resolves to its output. */
  readonly run: (...argv: readonly string[]) => Promise<string>;
}

export interface HostSettings {
  readonly lan: Lan;
  /** from 1 on */
  readonly number: number;
  readonly name: string;
  /** a root directory with sshd, used as a template */
  readonly sshd: string;
  /** a store to copy images from */
  readonly imagesOf: string | undefined;
  /** folder with certificates */
  readonly tls: string | undefined;
}

export async function startHost({ lan, number, name, sshd, imagesOf, tls }: HostSettings): Promise<Host> {
  const place = await removedAtEnd('host');
  const at = (path: string) => join(place.folder, path);
  // Links to the same files; files that differ between hosts are created here.
  await execa('cp', ['--archive', '--link', sshd, at('root')]);
  await mkdir(at('data'));
  if (imagesOf !== undefined) await copyImages(imagesOf, at('data'));
  let namespaces: Namespaces | undefined;
  const boot = async (opened: Namespaces) => {
    namespaces = opened;
    await lan.plug(opened, number);
    opened.run(sshdCommand(at('root')), at('sshd.log'));
    const connect = opened.enter(['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/22']);
    await vi.waitFor(() => execa(...connect), { timeout: 30_000, interval: 100 });
  };
  const address = addressOf(number);
  const engine = await engineIn(place, {
    setUp: `echo ${name} > /proc/sys/kernel/hostname`,
    boot,
    socketPath: at(join('root', socketInRoot)),
    options: tls === undefined ? [] : tlsOptions(address, tls),
  });
  return {
    number,
    name,
    address,
    ssh: `ssh://${name}`,
    unix: engine.endpoint,
    tcp: `tcp://${address}:2376`,
    data: at('data'),
    docker: engine.docker,
    start: engine.start,
    kill: engine.cutPower,
    cutOff: () => lan.setLink(number, 'down'),
    heal: () => lan.setLink(number, 'up'),
    run: async (...argv) => {
      if (namespaces === undefined) throw new Error(`${name} does not run`);
      return (await execa(...namespaces.enter(argv))).stdout;
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

/** Copies images to an engine that does not run yet. This is fast because the files are linked. */
async function copyImages(store: string, data: string): Promise<void> {
  await execa('cp', ['--archive', '--link', '--no-target-directory', store, data]);
}

/**
 * Fills a store with all images of an engine. Hosts can link its files: engines replace files that they change, and
 * never change those of images. The databases of containerd's image store are changed, so it is off (`engineIn`).
 */
export async function storeImages({ data, docker }: Host, store: string): Promise<void> {
  const { Driver: driver } = (await docker.info()) as { readonly Driver: string };
  const folders = ['image', driver].map((name) => join(data, name));
  if (!folders.every(existsSync)) throw new Error(`simulated hosts cannot link the images of the storage ${driver}`);
  // Others might fill it at the same time: it is complete when it appears, and the first one stays.
  const draft = await mkdtemp(`${store}-`);
  await execa('cp', ['--archive', '--link', ...folders, draft]);
  await rename(draft, store).catch((error: unknown) => {
    if (!existsSync(store)) throw error;
  });
}

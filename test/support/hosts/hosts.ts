import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../../src/engine/engine.ts';
import { docker } from '../e2e-docker.ts';
import { copyImage, whyNoPrivateEngine } from '../private-engine.ts';
import { type Ground, prepareGround } from './ground.ts';
import { type Host, startHost, storeImages } from './host.ts';

/** Hosts in their own network, and a client in it. */
export interface Hosts extends Pick<Ground, 'client' | 'tls'>, AsyncDisposable {
  readonly all: readonly Host[];
}

export interface HostsSettings {
  /** which has the image */
  readonly engine: Engine;
  /** image that all hosts have */
  readonly image: string;
  /** an image that contains sshd, if it is a different one */
  readonly sshd?: string;
  /** number of hosts without any images, counted from the last */
  readonly bare?: number;
  /** a folder that caches images for hosts that are started later; created if it does not exist */
  readonly store?: string;
  readonly tls?: boolean;
}

/** What this machine lacks to run hosts, in words; `undefined` if nothing is missing. */
export const whyNoHosts = whyNoPrivateEngine;

const names = ['alpha', 'beta', 'gamma', 'delta'];

/** They end, with everything that they created, when they are disposed of or this process ends. */
export async function startHosts(count: number, settings: HostsSettings): Promise<Hosts> {
  const { engine, image, sshd = image, tls = false } = settings;
  const used = names.slice(0, count);
  const ground = await prepareGround(used, { engine, image: sshd, tls });
  const started = new Set<Host>();
  const end = async () => {
    await Promise.all([...started].map((host) => host[Symbol.asyncDispose]()));
    await ground.close();
  };
  const start = async (index: number, imagesOf?: string) => {
    const host = await startHost({ ...ground, imagesOf, number: index + 1, name: used[index] ?? '' });
    started.add(host);
    return host;
  };
  try {
    await startAll(count, start, { store: join(ground.folder, 'store'), ...settings });
    return { ...ground, all: [...started].toSorted((a, b) => a.number - b.number), [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function startAll(
  count: number,
  start: (index: number, imagesOf?: string) => Promise<Host>,
  { store, image, bare = 0 }: HostsSettings & { readonly store: string },
): Promise<void> {
  const stored = existsSync(store);
  if (!stored) {
    const first = await start(0);
    await copyImage(await docker(), first.docker, image);
    await storeImages(first, store);
  }
  const others = Array.from({ length: count }, (_, index) => index).slice(stored ? 0 : 1);
  // Waits for all hosts, so that none is left over when one fails.
  const results = await Promise.allSettled(
    others.map((index) => start(index, index < count - bare ? store : undefined)),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

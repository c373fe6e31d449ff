import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../../src/engine/engine.ts';
import type { CliOptions } from '../cli.ts';
import { removedAtEnd } from '../removed-at-end.ts';
import { sshClient, sshKey } from '../ssh-client.ts';
import { addressOf, type Lan, openLan } from './lan.ts';
import { makeSshdRoot } from './sshd.ts';
import { makeCertificates } from './tls.ts';

/** The environment of the hosts: the network, a client in it with its keys, and the template of each host. */
export interface Ground {
  readonly folder: string;
  readonly lan: Lan;
  readonly sshd: string;
  readonly tls: string | undefined;
  /** How the client runs the program: within the network, and with an ssh that knows all hosts. */
  readonly client: Required<Pick<CliOptions, 'env' | 'through'>>;
  readonly close: () => Promise<void>;
}

interface GroundSettings {
  readonly engine: Engine;
  /** with an sshd in it */
  readonly image: string;
  readonly tls: boolean;
}

/** @param names of the hosts, in the order of their numbers */
export async function prepareGround(names: readonly string[], settings: GroundSettings): Promise<Ground> {
  const place = await removedAtEnd('hosts');
  const lan = await openLan();
  const close = async () => {
    await lan.close();
    await place.remove();
  };
  try {
    const { env, ...rest } = await prepare(place.folder, names, settings);
    return { folder: place.folder, lan, close, client: { env, through: lan.client }, ...rest };
  } catch (error) {
    await close();
    throw error;
  }
}

async function prepare(folder: string, names: readonly string[], { engine, image, tls }: GroundSettings) {
  const key = await sshKey(folder);
  const sshd = join(folder, 'sshd');
  const hostKey = await makeSshdRoot(sshd, { engine, image, key });
  const addresses = Object.fromEntries(names.map((name, index) => [name, addressOf(index + 1)]));
  const { env, knownHosts } = await sshClient(folder, addresses);
  await appendFile(knownHosts, `* ${hostKey}\n`);
  if (!tls) return { env, sshd, tls: undefined };
  const certificates = join(folder, 'tls');
  await mkdir(certificates);
  await makeCertificates(certificates, names.length);
  return { env, sshd, tls: certificates };
}

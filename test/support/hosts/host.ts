import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type Docker from 'dockerode';
import type { Namespaces } from '../namespaces.ts';
import { engineIn } from '../private-engine.ts';
import { removedAtEnd } from '../removed-at-end.ts';
import { addressOf, type Lan } from './lan.ts';
import { socketInRoot, sshdCommand } from './sshd.ts';
import { tlsOptions } from './tls.ts';

/** A machine that is none: an engine and an sshd with processes, network, mounts and a name of their own. */
export interface Host extends AsyncDisposable {
  /** from 1 on */
  readonly number: number;
  /** that of the machine, and of the ssh configuration */
  readonly name: string;
  /** in the network that all hosts are in */
  readonly address: string;
  readonly ssh: string;
  readonly unix: string;
  /** with certificates that the client must have; nobody listens there unless it was asked for */
  readonly tcp: string;
  /** the folder with all that its engine keeps */
  readonly data: string;
  /** its engine, without vcluster-box in between */
  readonly docker: Docker;
  /** Starts it when it is dead, and waits until its engine answers. */
  readonly start: () => Promise<void>;
  /** Ends all of it at once, as a machine that loses its power. */
  readonly kill: () => Promise<void>;
  /** Pulls its cable: all runs on, and reaches nobody. */
  readonly cutOff: () => Promise<void>;
  readonly heal: () => Promise<void>;
  /** Runs a command on it, in its network, with the files of this machine; resolves to what that prints. */
  readonly run: (...argv: readonly string[]) => Promise<string>;
}

export interface HostSettings {
  readonly lan: Lan;
  /** from 1 on */
  readonly number: number;
  readonly name: string;
  /** a root directory with sshd to be copied */
  readonly sshd: string;
  /** another engine's data, of which this one gets the images */
  readonly imagesOf: string | undefined;
  /** folder with certificates */
  readonly tls: string | undefined;
}

export async function startHost({ lan, number, name, sshd, imagesOf, tls }: HostSettings): Promise<Host> {
  const place = await removedAtEnd('host');
  const at = (path: string) => join(place.folder, path);
  // Links to the same files; what differs from host to host is made here.
  await execa('cp', ['--archive', '--link', sshd, at('root')]);
  await mkdir(at('data'));
  if (imagesOf !== undefined) await copyImages(imagesOf, at('data'));
  let namespaces: Namespaces | undefined;
  const boot = async (opened: Namespaces) => {
    namespaces = opened;
    await lan.plug(opened, number);
    opened.run(sshdCommand(at('root')), at('sshd.log'));
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

/**
 * Copies images from one engine's data to another's that does not run yet.  It takes a moment, for the files themselves are
 * the same: engines replace what they change, and change nothing in images.
 */
export async function copyImages(from: string, to: string): Promise<void> {
  for (const part of ['image', 'overlay2'])
    await execa('cp', ['--archive', '--link', join(from, part), join(to, part)]);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';

/** Mounts, a host name, processes and mostly a network of their own, beside those of this machine. */
export interface Namespaces {
  /** a process that is in the network for as long as they are open */
  readonly pid: number;
  /** @returns how to run a command in them: a program and its arguments */
  readonly enter: (argv: readonly string[]) => [program: string, argv: string[]];
  /** Runs a command in them; what it prints is added to a file. */
  readonly run: (argv: readonly string[], log: string) => ChildProcess;
  /** Ends all processes in them at once, whatever they do, and with them mounts and network. */
  readonly close: () => Promise<void>;
}

/** Whether they have a network of their own, or that of this machine. */
type Network = 'own' | 'shared';

/**
 * The first process in them ends when its stdin does, and the kernel then ends all others: so nothing is left, not even
 * when this process is killed.
 *
 * @param setUp a shell command that is run in them first
 */
export async function openNamespaces(setUp: string, network: Network = 'own'): Promise<Namespaces> {
  const kinds = [
    ...(network === 'own' ? ['--net'] : []),
    '--mount',
    '--uts',
    '--pid',
    '--fork',
    '--mount-proc',
    '--propagation',
    'private',
  ];
  const first = spawn('unshare', [...kinds, 'bash', '-c', `${setUp} && echo ready && read -r _`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await Promise.race([once(first.stdout, 'data'), once(first, 'exit').then(refuse), once(first, 'error').then(refuse)]);
  const of = (kind: string) => `/proc/${first.pid ?? 0}/ns/${kind}`;
  // `unshare` itself is in all of them but that of the processes, which begins with its child.
  const options = [
    ...(network === 'own' ? [`--net=${of('net')}`] : []),
    `--uts=${of('uts')}`,
    `--mount=${of('mnt')}`,
    `--pid=${of('pid_for_children')}`,
  ];
  const enter = (argv: readonly string[]): [string, string[]] => ['nsenter', [...options, ...argv]];
  return {
    pid: first.pid ?? 0,
    enter,
    run: (argv, log) => {
      const file = openSync(log, 'a');
      const child = spawn(...enter(argv), { stdio: ['ignore', file, file] });
      closeSync(file);
      return child;
    },
    close: async () => {
      if (first.exitCode !== null || first.signalCode !== null) return;
      first.stdin.end();
      await once(first, 'exit');
    },
  };
}

function refuse(): never {
  throw new Error('cannot make namespaces for an engine');
}

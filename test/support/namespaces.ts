import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';

/** Separate namespaces for mounts, host name, processes and usually the network, besides those of this machine. */
export interface Namespaces {
  /** a process that stays in the network while the namespaces are open */
  readonly pid: number;
  /** @returns a program and arguments that run a command in the namespaces */
  readonly enter: (argv: readonly string[]) => [program: string, argv: string[]];
  /** Runs a command in the namespaces; its output is appended to a file. */
  readonly run: (argv: readonly string[], log: string) => ChildProcess;
  /** Kills all processes in the namespaces at once, which removes mounts and network. */
  readonly close: () => Promise<void>;
}

/** Whether they have their own network, or that of this machine. */
type Network = 'own' | 'shared';

/**
 * The first process in them ends when its stdin closes, and the kernel then kills all others: so nothing is left,
 * even if this process is killed.
 * @param setUp a shell command that runs in them first
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
  // `unshare` itself is in all of the namespaces except that of the processes, which begins with its child.
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

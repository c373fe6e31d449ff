import type { SharedCluster } from './e2e-shared.ts';

const options = ['-t', 'diskless', '-o', 'noop', '--no-name-check', '--no-ip-check', '--no-nics', '-B', 'memory=128'];

type Runner = Pick<SharedCluster, 'run'>;

/** A running instance: it has no disk, so there is nothing to wait for. */
export async function addInstance({ run }: Runner, name: string, node: string): Promise<void> {
  const add = ['gnt-instance', 'add', ...options, '-n', node, name];
  const { exitCode, stderr } = await run(['exec', 'node1', ...add]);
  if (exitCode !== 0) throw new Error(`${add.join(' ')}: status ${exitCode ?? 'none'}\n${stderr}`);
}

/** The errors that `gnt-cluster verify` reports; empty if there are none. */
export async function complaintsOf({ run }: Runner): Promise<readonly string[]> {
  const { stdout, stderr, exitCode } = await run(['exec', 'node1', 'gnt-cluster', 'verify']);
  const complaints: readonly string[] = `${stdout}\n${stderr}`.match(/.*\b(?:ERROR|WARNING)\b.*/g) ?? [];
  return exitCode === 0 ? complaints : [...complaints, `status ${exitCode ?? 'none'}`];
}

/**
 * Whether all nodes answer, with all their daemons. Each question costs as much processor time as the start of a
 * daemon: ask every few seconds.
 */
export async function isWell({ run }: Runner): Promise<boolean> {
  return (await run(['status'])).exitCode === 0;
}

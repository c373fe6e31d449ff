import { addInstance } from '../../test/support/e2e-instance.ts';
import { clientOf, clusterOn } from '../../test/support/hosts/e2e-hosts.ts';
import type { Host } from '../../test/support/hosts/host.ts';
import type { Hosts } from '../../test/support/hosts/hosts.ts';
import { throughput } from '../../test/support/hosts/throughput.ts';
import { secondsOf } from '../timing.ts';

/** Measurements of one cluster, in seconds; `throughput` in MB/s, NaN with a single slice. */
export type Life = Readonly<Record<Measure, number>>;

export const measures = [
  'up',
  'verify',
  'list, all nodes asked',
  'command on all nodes',
  'redist-conf',
  'instance add',
  'migrate',
  'down',
  'throughput',
] as const;
export type Measure = (typeof measures)[number];

const timeLimit = { timeout: 900_000 };
const name = 'bench-scale';

/**
 * Creates a cluster on the given number of hosts, measures it, and always removes it.
 *
 * It measures Ganeti's commands on the master, so the figures include the start of only one program of ours.
 */
export async function measureLife(hosts: Hosts, count: number, nodes: number): Promise<Life> {
  const used = hosts.all.slice(0, count);
  const client = clientOf(hosts);
  const [first] = used;
  const env = { DOCKER_HOST: first?.ssh ?? '' };
  const { run } = clusterOn(hosts, name);
  const must = async (result: ReturnType<typeof client>) => {
    const { exitCode, stderr, command } = await result;
    if (exitCode !== 0) throw new Error(`${command}: ${exitCode ?? 'no status'}\n${stderr}`);
  };
  const timed = (...argv: readonly string[]) =>
    secondsOf(() => must(run(['exec', 'node1', ...argv], { env, ...timeLimit })));
  const endpoints = count === 1 ? [] : used.flatMap(({ ssh }) => ['--host', ssh]);
  try {
    const up = await secondsOf(() => must(client(['up', name, '-n', `${nodes}`, ...endpoints], { env, ...timeLimit })));
    const life = {
      up,
      // The result is ignored: on a busy machine nodes answer late, which `gnt-cluster verify` reports as an error.
      verify: await timed('sh', '-c', 'gnt-cluster verify || true'),
      'list, all nodes asked': await timed('gnt-node', 'list', '-o', 'name,mfree'),
      'command on all nodes': await timed('gnt-cluster', 'command', 'true'),
      'redist-conf': await timed('gnt-cluster', 'redist-conf'),
      'instance add': await secondsOf(() =>
        addInstance({ run: (args) => run(args, { env, ...timeLimit }) }, 'instance1.example.com', `node${nodes}`),
      ),
      migrate: await timed('gnt-instance', 'migrate', '-f', '-n', 'node2', 'instance1.example.com'),
      throughput: await between(used),
    };
    return { ...life, down: await secondsOf(() => must(client(['down', name], { env, ...timeLimit }))) };
  } finally {
    await client(['down', name], { env, ...timeLimit });
  }
}

async function between([first, second]: readonly Host[]): Promise<number> {
  return first === undefined || second === undefined ? NaN : throughput(name, first, second, 5);
}

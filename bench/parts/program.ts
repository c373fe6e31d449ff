import { program } from '../cli.ts';
import { withCluster, type Cluster } from '../cluster.ts';
import type { Bench } from '../part.ts';
import { secondsOf } from '../timing.ts';

const times = 5;
const gibibyte = ['head', '-c', '1G', '/dev/zero'];

/** The start of the program. */
export async function measureVersion({ cli, record }: Bench): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    record('version', await secondsOf(() => cli.run('node', [program, '--version'])));
    record('node', await secondsOf(() => cli.run('node', ['-e', '0'])));
  }
}

/** `exec` beside `docker exec`: how long one takes, and how much one carries. */
export async function measureExec(bench: Bench): Promise<void> {
  const { cli, record } = bench;
  await withCluster(bench, 3, async (cluster) => {
    for (let count = 0; count < times; count += 1) {
      record('exec', await secondsOf(() => cluster.exec('node2', 'true')));
      record('docker exec', await secondsOf(() => cli.docker('exec', cluster.container, 'true')));
    }
  });
}

export async function measureThroughput(bench: Bench): Promise<void> {
  await withCluster(bench, 3, async (cluster) => {
    for (const [series, command] of Object.entries(transfers(cluster))) {
      bench.record(series, 1024 / (await secondsOf(() => transfer(bench, command))));
    }
  });
}

function transfers({ name, container }: Cluster): Readonly<Record<string, string>> {
  const exec = `node ${program} --quiet exec -c ${name}`;
  const source = gibibyte.join(' ');
  return {
    'exec out': `${exec} node2 ${source} | wc -c`,
    'docker exec out': `docker exec ${container} ${source} | wc -c`,
    'exec in': `${source} | ${exec} -i node2 wc -c`,
    'docker exec in': `${source} | docker exec -i ${container} wc -c`,
  };
}

async function transfer({ cli }: Bench, command: string): Promise<void> {
  const count = await cli.run('bash', ['-o', 'pipefail', '-c', command]);
  if (Number(count) !== 2 ** 30) throw new Error(`${command}: ${count.trim()} bytes arrived`);
}

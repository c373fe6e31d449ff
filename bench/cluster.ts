import { randomBytes } from 'node:crypto';
import { memoryOf } from './memory.ts';
import type { Bench } from './part.ts';
import { secondsOf } from './timing.ts';

export interface Cluster {
  readonly name: string;
  readonly container: string;
  readonly nodes: number;
  /** seconds that `up` took */
  readonly up: number;
  /** what `up` printed */
  readonly output: string;
  /** runs a command on a node */
  readonly exec: (node: string, ...argv: readonly string[]) => Promise<string>;
}

/** Creates a cluster, hands it to `use`, and always removes it. */
export async function withCluster(
  { cli, cleaner }: Bench,
  nodes: number,
  use: (cluster: Cluster) => Promise<void> | void,
  options: readonly string[] = [],
): Promise<void> {
  const name = `bench-${randomBytes(4).toString('hex')}`;
  try {
    let output = '';
    const up = await secondsOf(async () => {
      output = await cli.vcluster('up', name, '--nodes', `${nodes}`, ...options);
    });
    const exec: Cluster['exec'] = (node, ...argv) => cli.vcluster('exec', '-c', name, node, ...argv);
    await use({ name, container: `vcluster-box-${name}-1`, nodes, up, output, exec });
  } finally {
    await cleaner.vcluster('down', name);
  }
}

/** Records what creating a cluster took: time, processor time in the slice, and the memory right after it. */
export async function recordUp({ cli, image, record }: Bench, { container, nodes, up }: Cluster): Promise<void> {
  const cpu = await processorTime(cli.docker, container);
  record(`up ${nodes}`, up);
  record(`cpu ${nodes}`, cpu);
  record(`memory ${nodes}`, await memoryOf(cli, container, image));
}

async function processorTime(docker: Bench['cli']['docker'], container: string): Promise<number> {
  const [v1, v2] = ['/sys/fs/cgroup/cpuacct/cpuacct.usage', '/sys/fs/cgroup/cpu.stat'];
  const script = `cat ${v1} 2>/dev/null || sed -n 's/^usage_usec \\(.*\\)/\\1000/p' ${v2}`;
  return Number(await docker('exec', container, 'sh', '-c', script)) / 1e9;
}

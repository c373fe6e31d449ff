import { randomBytes } from 'node:crypto';
import { docker, vcluster } from './cli.ts';
import { memoryOf } from './memory.ts';
import { repeat, type Samples } from './samples.ts';
import { secondsOf } from './timing.ts';

/** Measurements of one cluster: times in seconds, and its idle memory in MiB. */
export interface Life {
  readonly up: number;
  readonly exec: Samples;
  readonly dockerExec: Samples;
  readonly restart: number;
  readonly memory: number;
  readonly down: number;
}

/** Creates a cluster, measures it, and always removes it. */
export async function measureLife(image: string, nodes: number, execs: number): Promise<Life> {
  const name = `bench-${randomBytes(4).toString('hex')}`;
  const container = `vcluster-box-${name}-1`;
  try {
    const up = await secondsOf(() => vcluster('up', name, '--nodes', `${nodes}`));
    const memory = await memoryOf(container, image);
    const exec = await repeat(execs, () => secondsOf(() => vcluster('exec', '-c', name, 'node1', 'true')));
    const dockerExec = await repeat(execs, () => secondsOf(() => docker('exec', container, 'true')));
    const restart = await secondsOf(async () => {
      await docker('restart', container);
      // `up` waits until all daemons answer.  Docker's own health check runs only every 10 seconds.
      await vcluster('up', name);
    });
    const down = await secondsOf(() => vcluster('down', name));
    return { up, memory, exec, dockerExec, restart, down };
  } finally {
    await vcluster('down', name);
  }
}

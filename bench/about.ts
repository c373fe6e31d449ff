import { cpus, loadavg, release, totalmem } from 'node:os';
import { version } from 'node:process';
import type { Cli } from './cli.ts';

/** What was measured, where, and what else the machine did. */
export interface About {
  readonly date: string;
  readonly commit: string;
  readonly image: string;
  readonly engine: string;
  readonly node: string;
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryGiB: number;
  /** the average of a minute */
  readonly loadBefore: string;
  readonly loadAfter: string;
}

export async function aboutMachine({ docker, run }: Cli, image: string): Promise<About> {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: await run('git', ['describe', '--always', '--dirty']),
    image,
    engine: await docker('version', '--format', '{{.Server.Version}}'),
    node: version,
    kernel: release(),
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: load(),
    loadAfter: '',
  };
}

export function load(): string {
  return (loadavg()[0] ?? NaN).toFixed(1);
}

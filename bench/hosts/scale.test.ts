import { cpus, loadavg } from 'node:os';
import { env, stdout } from 'node:process';
import { describe, expect, it } from 'vitest';
import { hostsSkipped, startE2eHosts, whySkipped } from '../../test/support/hosts/e2e-hosts.ts';
import { median, type Samples } from '../samples.ts';
import { type Life, measureLife, measures } from './life.ts';

const total = Number(env['BENCH_NODES'] ?? 24);
const runs = Number(env['BENCH_RUNS'] ?? 2);
const counts = [1, 2, 4] as const;

describe.skipIf(hostsSkipped)(`the same number of nodes on one, two and four hosts${whySkipped}`, () => {
  it('is measured', { timeout: 7_200_000 }, async () => {
    await using hosts = await startE2eHosts(Math.max(...counts));
    const lives = new Map<number, Life[]>(counts.map((count) => [count, []]));
    const before = load();
    // In turns, so that other load on the machine affects all of them.
    for (let run = 1; run <= runs; run += 1) {
      for (const count of counts) {
        const life = await measureLife(hosts, count, total);
        lives.get(count)?.push(life);
        stdout.write(`run ${run}, hosts: ${count}, load ${load()}: ${JSON.stringify(life)}\n`);
      }
    }
    const columns = counts.map((count) => lives.get(count) ?? []);
    expect(columns.map(({ length }) => length)).toEqual(counts.map(() => runs));
    stdout.write(`${total} nodes, ${runs} runs, ${cpus().length} CPUs, load ${before} before, ${load()} after\n\n`);
    stdout.write(`${table(columns)}\n`);
  });
});

/** Medians, with ratios to one host; throughput has no ratio. */
function table(columns: readonly (readonly Life[])[]): string {
  const head = ['what', ...counts.map((count) => (count === 1 ? '1 host' : `${count} hosts`))];
  const rows = measures.map((measure) => {
    const values = columns.map((lives) => median(lives.map((life) => life[measure]) as unknown as Samples));
    if (measure === 'throughput') return ['throughput, MB/s', ...values.map((value) => value.toFixed(0))];
    const [one = NaN] = values;
    const cells = values.map((value, index) => {
      const ratio = index === 0 ? '' : ` (${(value / one).toFixed(2)})`;
      return `${value.toFixed(2)} s${ratio}`;
    });
    return [measure, ...cells];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function load(): string {
  return (loadavg()[0] ?? NaN).toFixed(1);
}

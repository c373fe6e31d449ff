import { withCluster } from '../cluster.ts';
import type { Bench } from '../part.ts';
import { secondsOf } from '../timing.ts';

const instance = ['-t', 'diskless', '-o', 'noop', '--no-name-check', '--no-ip-check', '--no-nics', '-B', 'memory=128'];

/** Commands that change or ask all nodes, and one that does not. */
export async function measureJobs(bench: Bench, nodes: number): Promise<void> {
  await withCluster(bench, nodes, async ({ exec }) => {
    const timed = async (series: string, ...argv: readonly string[]): Promise<string> => {
      let output = '';
      const seconds = await secondsOf(async () => {
        output = await exec('node1', ...argv);
      });
      bench.record(`${series} ${nodes}`, seconds);
      return output;
    };
    const add = ['gnt-instance', 'add', ...instance, '-n', `node${nodes}`, 'instance1.example.com'];
    await timed('instance add', ...add);
    const warnings = await timed('redist-conf', 'sh', '-c', 'gnt-cluster redist-conf 2>&1');
    bench.record(`redist-conf ${nodes} warnings`, linesWith(/warn|error|fail/i, warnings));
    // Nodes that answer late make the command fail.  They are counted.
    const problems = await timed('verify', 'sh', '-c', 'gnt-cluster verify 2>&1 || true');
    bench.record(`verify ${nodes} problems`, linesWith(/\b(?:ERROR|WARNING)\b/, problems));
  });
}

function linesWith(pattern: RegExp, text: string): number {
  return text.split('\n').filter((line) => pattern.test(line)).length;
}

import { cpus, loadavg, release, totalmem } from 'node:os';
import { argv, stderr, stdout, version } from 'node:process';
import { parseArgs } from 'node:util';
import { docker, vcluster } from './cli.ts';
import { type Life, measureLife } from './cluster.ts';
import { resultRows } from './results.ts';
import { repeat } from './samples.ts';
import { renderRows } from './table.ts';
import { secondsOf } from './timing.ts';
import { measureUpstream } from './upstream.ts';

const execsALife = 5;

const { values } = parseArgs({ args: argv.slice(2), options: { runs: { type: 'string', default: '3' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs is a whole number from 1 on, not ${values.runs}`);

say('looking for the image, or building it');
const image = await vcluster('image', 'build');
const before = load();
const small: Life[] = [];
const large: Life[] = [];
const upstream: number[] = [];
const dockerRun: number[] = [];
// In turns, so that other load on the machine affects all of them.
for (let run = 1; run <= runs; run += 1) {
  say(`run ${run} of ${runs}`);
  small.push(await measureLife(image, 3, execsALife));
  upstream.push(await measureUpstream(image));
  large.push(await measureLife(image, 20, execsALife));
  dockerRun.push(...(await repeat(3, () => secondsOf(() => docker('run', '--rm', '--entrypoint=true', image)))));
}

const engine = await docker('version', '--format', '{{.Server.Version}}');
const about = [
  `${image}; Docker ${engine}; Node ${version}`,
  `Linux ${release()}, ${cpus().length} CPUs, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  `load (1 min) ${before} before, ${load()} after`,
];
stdout.write(`${about.join('\n')}\n\n${renderRows(resultRows({ small, large, upstream, dockerRun }))}\n`);

function load(): string {
  return (loadavg()[0] ?? NaN).toFixed(1);
}

function say(text: string): void {
  stderr.write(`${text}\n`);
}

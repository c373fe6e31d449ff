import { writeFile } from 'node:fs/promises';
import process, { argv, stderr, stdout } from 'node:process';
import { aboutMachine, load } from './about.ts';
import { connectCli } from './cli.ts';
import { helpText, minutesOf, type Options, parseOptions } from './options.ts';
import type { Bench } from './part.ts';
import { parts as allParts } from './parts.ts';
import { recordResults } from './record.ts';
import { renderResults, type Results } from './results.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interruption.abort();
  });
}

try {
  const options = parseOptions(argv.slice(2), allParts);
  if (options.help) stdout.write(helpText(allParts));
  else await measure(options);
} catch (error) {
  stderr.write(
    interruption.signal.aborted ? 'interrupted\n' : `${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = interruption.signal.aborted ? 130 : 1;
}

/** Measures, and shows what was measured also if something fails. */
async function measure(options: Options): Promise<void> {
  const cli = connectCli(interruption.signal);
  say(`${options.parts.map(({ name }) => name).join(', ')}: about ${minutesOf(options)} min`);
  const image = await cli.vcluster('image', 'build');
  const about = await aboutMachine(cli, image);
  const series: Record<string, number[]> = {};
  const results = (): Results => ({ about: { ...about, loadAfter: load() }, series });
  try {
    await inTurns(options, { cli, cleaner: connectCli(), image }, series);
    if (options.record) await recordResults(results());
  } finally {
    if (Object.keys(series).length > 0) stdout.write(`${renderResults(results())}\n`);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(results(), undefined, 2)}\n`);
  }
}

/** Measures all parts once after the other, so that other work on the machine affects all of them. */
async function inTurns(
  { runs, parts }: Options,
  bench: Omit<Bench, 'record'>,
  series: Record<string, number[]>,
): Promise<void> {
  const turns = Array.from({ length: runs + 1 }, (_, run) => parts.map((part) => ({ run, part }))).flat();
  for (const { run, part } of turns) {
    say(run === 0 ? `warm-up: ${part.name}` : `run ${run} of ${runs}: ${part.name}`);
    if (run === 0) await (part.warmUp ?? part.measure)({ ...bench, record: () => undefined });
    else
      await part.measure({
        ...bench,
        record: (what, value) => (series[what] ??= []).push(Number(value.toPrecision(4))),
      });
    interruption.signal.throwIfAborted();
  }
}

function say(text: string): void {
  stderr.write(`${new Date().toTimeString().slice(0, 8)} ${text}\n`);
}

import { parseArgs } from 'node:util';
import type { Part } from './part.ts';

export interface Options {
  readonly help: boolean;
  readonly runs: number;
  readonly parts: readonly Part[];
  /** where to write the results as JSON */
  readonly json: string | undefined;
  /** whether to write the results, the plots and the table of docs/performance.md */
  readonly record: boolean;
}

/** @throws {Error} naming an option or value that is not known */
export function parseOptions(args: readonly string[], all: readonly Part[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      runs: { type: 'string', default: '3' },
      only: { type: 'string' },
      large: { type: 'boolean', default: false },
      json: { type: 'string' },
      record: { type: 'boolean', default: false },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs is a whole number from 1 on, not ${values.runs}`);
  const names = values.only?.split(',');
  const unknown = names?.find((name) => !all.some((part) => part.name === name));
  if (unknown !== undefined) throw new Error(`--only: there is no part ${unknown}; see --help`);
  const parts = all.filter(({ name, large }) => (names ? names.includes(name) : values.large || large !== true));
  return { help: values.help, runs, parts, json: values.json, record: values.record };
}

export function helpText(all: readonly Part[]): string {
  const usual = all.filter(({ large }) => large !== true);
  const lines = all.map(
    ({ name, about, seconds, large }) =>
      `  ${name.padEnd(15)} ${about.replaceAll('`', '')}, ${length(seconds)}${large === true ? ' (large)' : ''}`,
  );
  return `Usage: npm run bench -- [options]

Measures the built program with the engine that docker uses, prints a table, and
removes what it created. Everything is measured in turns after a warm-up, so
that other work on the machine affects all of it. It takes about
${length(minutesOf({ parts: usual, runs: 3 }) * 60)} on two cores, and with --large ${length(minutesOf({ parts: all, runs: 3 }) * 60)}.

Options:
  --runs N       how often to measure everything (default: 3)
  --only PARTS   only these parts, separated by commas
  --large        also the large parts
  --json FILE    write all results to a file
  --record       write docs/performance/ (results, plots), and the table of
                 docs/performance.md; what was not measured stays
  -h, --help     print this text

Parts, and how long one run of each takes on two cores:
${lines.join('\n')}
`;
}

/** About how many minutes the runs of these parts and the warm-up take. */
export function minutesOf({ parts, runs }: Pick<Options, 'parts' | 'runs'>): number {
  const warmUp = parts.reduce((total, { seconds, warmUp: short }) => total + (short ? 10 : seconds), 0);
  return Math.ceil((warmUp + runs * parts.reduce((total, { seconds }) => total + seconds, 0)) / 60);
}

function length(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}

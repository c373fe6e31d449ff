import { median, type Samples } from './samples.ts';

export interface Row {
  readonly what: string;
  readonly samples: Samples;
  readonly unit: 's' | 'MiB';
  /** the measurement of the same run to compare with */
  readonly baseline?: { readonly what: string; readonly samples: Samples };
}

/** A Markdown table of medians and ranges, with the ratio of the medians if there is a baseline. */
export function renderRows(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| ${[row.what, ...figures(row), ratio(row)].join(' | ')} |`);
  return ['| what | median | range | runs | compared |', '| --- | --- | --- | --- | --- |', ...lines].join('\n');
}

function figures({ samples, unit }: Row): readonly string[] {
  const range = `${format(Math.min(...samples))} to ${format(Math.max(...samples))}`;
  return [`${format(median(samples))} ${unit}`, range, `${samples.length}`];
}

function ratio({ samples, baseline }: Row): string {
  if (baseline === undefined) return '';
  return `${format(median(samples) / median(baseline.samples))} of ${baseline.what}`;
}

function format(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

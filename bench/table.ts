import { median, type Samples } from './samples.ts';

export interface Row {
  readonly what: string;
  readonly samples: Samples;
  /** empty for ratios and exponents */
  readonly unit: 's' | 'MiB' | 'MB' | 'MiB/s' | 'nodes' | 'lines' | '';
  readonly goal?: Goal;
}

/** What the median should be; for nodes without an answer, the largest value. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** A Markdown table of medians, ranges and goals. */
export function renderRows(rows: readonly Row[], heading = 'what'): string {
  const lines = rows.map((row) => `| ${cells(row).join(' | ')} |`);
  return [`| ${heading} | median | range | runs | goal |`, '| --- | --- | --- | --- | --- |', ...lines].join('\n');
}

function cells(row: Row): readonly string[] {
  const { what, samples, unit } = row;
  const range = `${format(Math.min(...samples))} to ${format(Math.max(...samples))}`;
  return [what, `${format(median(samples))} ${unit}`.trimEnd(), range, `${samples.length}`, verdict(row)];
}

function verdict({ samples, unit, goal }: Row): string {
  if (goal === undefined) return '';
  // One node without an answer is too many.
  const value = unit === 'nodes' ? Math.max(...samples) : median(samples);
  const [limit, met] = 'atLeast' in goal ? [goal.atLeast, value >= goal.atLeast] : [goal.atMost, value <= goal.atMost];
  const words = ['atLeast' in goal ? 'at least' : '', format(limit), unit].filter(Boolean).join(' ');
  return met ? words : `${words}: missed`;
}

/** Three significant digits or so; whole numbers and thousands without a fraction. */
export function format(value: number): string {
  if (Number.isInteger(value)) return `${value}`;
  const size = Math.abs(value);
  if (size < 0.1) return value.toPrecision(2);
  if (size < 10) return value.toFixed(2);
  return value.toFixed(size < 1000 ? 1 : 0);
}

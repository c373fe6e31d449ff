import type { Series } from './samples.ts';
import type { Row } from './table.ts';

const prefix = 'step: ';

/** The name of the series of a step of `up`. */
export function stepSeries(title: string): string {
  return `${prefix}${title}`;
}

/** The steps of `up -n 3`, in order. */
export function stepRows(series: Series): readonly Row[] {
  return Object.entries(series)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, samples]) => ({ what: name.slice(prefix.length), samples, unit: 's' }));
}

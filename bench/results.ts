import type { About } from './about.ts';
import { resultRows } from './rows.ts';
import type { Series } from './samples.ts';
import { stepRows } from './step-rows.ts';
import { renderRows } from './table.ts';

/** What one call of the benchmark measured. */
export interface Results {
  readonly about: About;
  readonly series: Series;
}

/** Markdown: where and what was measured, and the table. */
export function renderResults({ about, series }: Results): string {
  const { date, commit, image, engine, node, kernel, cpus, memoryGiB, loadBefore, loadAfter } = about;
  const where = `${date}, commit ${commit}, ${image}; Docker ${engine}; Node ${node}; Linux ${kernel}, ${cpus} CPUs, ${memoryGiB} GiB.`;
  const loads = `The load (of one minute) was ${loadBefore} before and ${loadAfter} after.`;
  const steps = stepRows(series);
  const tables = [
    renderRows(resultRows(series)),
    ...(steps.length > 0 ? [renderRows(steps, 'step of `up -n 3`')] : []),
  ];
  return [`${where} ${loads}`, ...tables].join('\n\n');
}

/** Adds new results to earlier ones.  A series that was measured again is left only in the new ones. */
export function mergeResults(earlier: readonly Results[], results: Results): readonly Results[] {
  const kept = earlier.map(({ about, series }) => ({
    about,
    series: Object.fromEntries(Object.entries(series).filter(([name]) => !(name in results.series))),
  }));
  return [results, ...kept.filter(({ series }) => Object.keys(series).length > 0)];
}

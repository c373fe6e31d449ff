import { expect, it } from 'vitest';
import { resultRows } from '../../../bench/rows.ts';
import type { Series } from '../../../bench/samples.ts';
import { median } from '../../../bench/samples.ts';

const rows = (series: Series) => Object.fromEntries(resultRows(series).map((row) => [row.what, row]));

it('there are only rows for what was measured', () => {
  expect(Object.keys(rows({ 'up 5': [2] }))).toEqual(['`up -n 5`']);
});

it('a difference is to the median of its baseline', () => {
  const { samples } = rows({ 'up 5': [2, 3], raw: [0.25, 0.5, 9] })['`up -n 5` less `docker run`'] ?? {};
  expect(samples).toEqual([1.5, 2.5]);
});

it('a ratio is to the median of its baseline', () => {
  const { samples } = rows({ 'up 20': [3, 6], 'by hand 20': [60] })['`up -n 20` / by hand, 20 nodes'] ?? {};
  expect(samples).toEqual([0.05, 0.1]);
});

it('what a further node costs is calculated for each run', () => {
  const { samples } =
    rows({ 'memory 3': [100, 200], 'memory 20': [270, 540] })['memory a node (20 less 3, by 17)'] ?? {};
  expect(samples).toEqual([10, 20]);
});

it('the exponent of `up` is 1 if the time grows as the number of nodes does', () => {
  const row = rows({ 'up 20': [2], 'up 100': [10], 'up 300': [30] })[
    'exponent of the time of `up` over 20 to 300 nodes'
  ];
  expect(median(row?.samples ?? [])).toBeCloseTo(1);
});

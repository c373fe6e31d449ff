import { expect, it } from 'vitest';
import { parseOptions } from '../../../bench/options.ts';
import { parts } from '../../../bench/parts.ts';
import { withTable } from '../../../bench/record.ts';
import { mergeResults, renderResults, type Results } from '../../../bench/results.ts';

const results = (commit: string, series: Results['series']): Results => ({
  about: {
    date: '2026-11-28',
    commit,
    image: 'image',
    engine: '20.10',
    node: 'v20',
    kernel: '6.1',
    cpus: 2,
    memoryGiB: 24,
    loadBefore: '0.1',
    loadAfter: '1.2',
  },
  series,
});

it('new results replace the same series of earlier ones, and come first', () => {
  const earlier = [results('old', { 'up 3': [9], raw: [1] }), results('oldest', { 'up 3': [9] })];
  const merged = mergeResults(earlier, results('new', { 'up 3': [2] }));
  expect(merged).toEqual([results('new', { 'up 3': [2] }), results('old', { raw: [1] })]);
});

it('results name the commit and the load, and have the steps in a table of their own', () => {
  const text = renderResults(results('abc', { 'up 3': [2], 'step: Joining the nodes': [0.2] }));
  expect(text).toContain('commit abc');
  expect(text).toContain('0.1 before and 1.2 after');
  expect(text).toContain('| step of `up -n 3` |');
  expect(text).toContain('| Joining the nodes | 0.20 s |');
});

it('only what is between the markers of the page is replaced', () => {
  const page = 'before\n\n<!-- bench -->\n\nold\n\n<!-- end of bench -->\n\nafter';
  expect(withTable(page, 'costs $1')).toBe(page.replace('old', () => 'costs $1'));
});

it('measures all parts that are not large', () => {
  expect(parseOptions([], parts).parts).toEqual(parts.filter(({ large }) => large !== true));
  expect(parseOptions(['--large'], parts).parts).toEqual(parts);
});

it('--only names parts, also large ones', () => {
  expect(parseOptions(['--only', 'up,thousand'], parts).parts.map(({ name }) => name)).toEqual(['up', 'thousand']);
});

it.each([
  [['--only', 'up,everything'], 'everything'],
  [['--runs', '0'], '--runs'],
  [['--fast'], '--fast'],
])('refuses %j, naming what is wrong', (args, name) => {
  expect(() => parseOptions(args, parts)).toThrow(name);
});

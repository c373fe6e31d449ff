import { expect, it } from 'vitest';
import { format, renderRows, type Row } from '../../../bench/table.ts';

const line = (row: Omit<Row, 'what'>) => renderRows([{ what: 'it', ...row }]).split('\n')[2];

it('a row has the median, the range and the number of runs', () => {
  expect(line({ samples: [3, 1.25, 2], unit: 's' })).toBe('| it | 2 s | 1.25 to 3 | 3 |  |');
});

it('the median of an even number of samples is the mean of the middle two', () => {
  expect(line({ samples: [1, 9, 2, 3], unit: 's' })).toContain('| 2.50 s |');
});

it.each([
  ['met', [1.5], { atMost: 2 }, '2 s'],
  ['missed', [2.5], { atMost: 2 }, '2 s: missed'],
  ['met', [2.5], { atLeast: 2 }, 'at least 2 s'],
  ['missed', [1.5], { atLeast: 2 }, 'at least 2 s: missed'],
  ['met by the median', [1, 2, 9], { atMost: 2 }, '2 s'],
] as const)('a row says whether its goal was %s: %j, %j', (_, samples, goal, text) => {
  expect(line({ samples, unit: 's', goal })).toContain(`| ${text} |`);
});

it('a goal for nodes without an answer is missed if one run has more', () => {
  expect(line({ samples: [0, 0, 1], unit: 'nodes', goal: { atMost: 0 } })).toContain('| 0 nodes: missed |');
});

it.each([
  [0, '0'],
  [0.0512, '0.051'],
  [2.345, '2.35'],
  [123.45, '123.5'],
  [-0.0512, '-0.051'],
  [10278.4, '10278'],
])('%d is shown as %s', (value, text) => {
  expect(format(value)).toBe(text);
});

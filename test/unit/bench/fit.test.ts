import { expect, it } from 'vitest';
import { exponentOf } from '../../../bench/fit.ts';

const at = (power: number) => [20, 100, 300].map((x) => ({ x, y: 3 * x ** power }));

it.each([0, 0.5, 1, 2])('the exponent of values that grow as the power %d of x is that power', (power) => {
  expect(exponentOf(at(power))).toBeCloseTo(power);
});

it('the exponent of scattered values is between those of their parts', () => {
  const points = [
    { x: 1, y: 1 },
    { x: 10, y: 10 },
    { x: 100, y: 10 },
  ];
  expect(exponentOf(points)).toBeCloseTo(0.5);
});

import { expect, it } from 'vitest';
import { raisedLimits } from '../../../src/plan/raised-limits.ts';

const mebi = 2 ** 20;
const ofThree = { memory: (1024 + 3 * 64) * mebi, pidsLimit: 520 };

it.each([
  ['are raised with the nodes', ofThree, 5, false, { memory: (1024 + 5 * 64) * mebi, pidsLimit: 600 }],
  ['stay when they are wide enough', ofThree, 3, false, undefined],
  ['stay as the user gave them, but for processes', ofThree, 5, true, { pidsLimit: 600 }],
  ['are not made where there are none', { memory: 0, pidsLimit: 0 }, 500, false, undefined],
])('limits %s', (_, now, nodes, given, raised) => {
  expect(raisedLimits(now, nodes, given)).toEqual(raised);
});

import { expect, it } from 'vitest';
import { sizeWithDependencies } from '../../../bench/packages.ts';

const size = (...lines: readonly (readonly string[])[]) =>
  sizeWithDependencies(lines.map((fields) => `${fields.join('\t')}\n`).join(''), 'wanted');

it('counts a package and all that it depends on, once each', () => {
  const kilobytes = size(
    ['wanted', '1000', 'no optional', '', ', one (>= 1.0), two:any'],
    ['one', '200', 'no optional', '', ', shared'],
    ['two', '30', 'no optional', '', ', shared, wanted'],
    ['shared', '4', 'no optional', '', ', '],
    ['other', '9999', 'no optional', '', ', wanted'],
  );
  expect(kilobytes).toBeCloseTo(1234 * 0.001024);
});

it('does not count what a minimal system has', () => {
  const kilobytes = size(
    ['wanted', '1000', 'no optional', '', ', libc6, apt, bash'],
    ['bash', '5000', 'yes required', '', ', libc6'],
    ['libc6', '6000', 'no optional', '', ', '],
    ['apt', '7000', 'no important', '', ', '],
  );
  expect(kilobytes).toBeCloseTo(1.024);
});

it('counts the alternative that is installed, also by what it provides', () => {
  const kilobytes = size(
    ['wanted', '1000', 'no optional', '', 'absent | mail-agent, second | third'],
    ['postfix', '200', 'no optional', 'mail-agent (= 1), smtp', ', '],
    ['second', '30', 'no optional', '', ', '],
    ['third', '4', 'no optional', '', ', '],
  );
  expect(kilobytes).toBeCloseTo(1230 * 0.001024);
});

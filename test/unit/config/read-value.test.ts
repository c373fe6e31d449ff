import { expect, it } from 'vitest';
import { clusterOptions } from '../../../src/config/cluster-options.ts';
import { invalidFile, maxProblems, shorten, showProblem } from '../../../src/config/problems.ts';
import { isNumber, isNumeric, suggest } from '../../../src/config/read-value.ts';
import { choice, wordsOf } from '../../../src/config/values.ts';

it.each([
  ['0', true],
  ['-12', true],
  ['1.25', true],
  ['x1', false],
  ['1x', false],
  ['1.', false],
  ['', false],
])('whether %j is a number: %s', (text, answer) => {
  expect(isNumber(text)).toBe(answer);
});

it('only some options can be nothing but a number', () => {
  const { nodes, nodeMemory, name, hosts, cpus, verify } = clusterOptions;
  expect([nodes, cpus].map(({ value }) => isNumeric(value))).toEqual([true, true]);
  expect([nodeMemory, name, hosts, verify].map(({ value }) => isNumeric(value))).toEqual([false, false, false, false]);
});

it.each([
  // The nearest, wherever it stands in the list.
  ['watchersx', ['watcher', 'watchers'], 'watchers'],
  ['master_capable', ['vmCapable', 'masterCapable'], 'masterCapable'],
  ['ndes', ['name', 'nodes'], 'nodes'],
  ['colour', ['name', 'nodes'], undefined],
])('%s among %j means %s', (word, words, meant) => {
  expect(suggest(word, words)).toBe(meant);
});

it('a choice has its words, and numbers stand for words', () => {
  const ganeti = choice('3.0', '3.1');
  expect(wordsOf(ganeti)).toEqual(['3.0', '3.1']);
  expect(wordsOf(choice('auto', 'vxlan'))).toEqual(['auto', 'vxlan']);
  expect(wordsOf(clusterOptions.name.value)).toBeUndefined();
});

it('long values are cut, and their length is told', () => {
  expect(shorten('x'.repeat(100))).toBe('x'.repeat(100));
  expect(shorten('x'.repeat(101))).toBe(`${'x'.repeat(80)}... (101 characters)`);
});

it.each([
  [['nodes', 1, 'group'], 'nodes[1].group: wrong'],
  [['a.b', 'c'], 'a.b.c: wrong'],
  [[], '(top level): wrong'],
])('the problem at %j is %s', (path, text) => {
  expect(showProblem({ path, message: 'wrong' })).toBe(text);
});

it('as many problems of a file are listed as allowed, then dots', () => {
  const problems = (count: number) => Array.from({ length: count }, (_, index) => `f:${index}: wrong`);
  expect(invalidFile('f', problems(1)).message).toBe('f:0: wrong');
  expect(invalidFile('f', problems(maxProblems)).message.split('\n')).toHaveLength(maxProblems + 1);
  expect(
    invalidFile('f', problems(maxProblems + 1))
      .message.split('\n')
      .slice(-2),
  ).toEqual(['  f:99: wrong', '  ...']);
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8').replace(/\s+/g, ' ');

/** The median of a row of the table that `npm run bench` prints. */
function median(row: string): number {
  const [, value] = new RegExp(`\\| ${row} +\\| ([\\d.]+) (?:s|MiB) `).exec(read('docs/performance.md')) ?? [];
  return Number(value);
}

const threeNodes = median('memory, 3 nodes');
const node = median('memory a node \\(20 less 3, by 17\\)');
const aboutNode = `about ${Math.round(node)} MiB`;
const aboutThree = `about ${Math.round(threeNodes / 10) * 10} MiB`;
const secondsOfUp = (median('`up -n 20`') - median('`up -n 3`')) / 17;

it.each([
  ['README.md', `A cluster of three nodes uses ${aboutThree} of memory; each further node uses ${aboutNode}.`],
  ['docs/ci.md', `${aboutThree} of memory for a cluster of three nodes`],
  ['docs/security.md', `an idle node uses ${aboutNode} |`],
  ['docs/scale.md', `${Math.round(threeNodes - 3 * node)} MiB for the slice and its basic services, and ${node} MiB`],
  ['docs/scale.md', `and ${secondsOfUp.toFixed(2)} s of \`up\` for each node`],
  ['docs/decisions/15-low-cost-per-node.md', `less than 0.1 s of \`up\` and ${aboutNode} of memory`],
  ['docs/performance.md', `a further node costs ${secondsOfUp.toFixed(2)} s on this machine, and ${node} MiB`],
])('%s has the numbers of the benchmark: "%s"', (page, text) => {
  expect(read(page)).toContain(text);
});

it('the benchmark measured that a cluster starts in seconds, and a node in less than 0.1 s', () => {
  expect([median('`up -n 3`') < 10, median('`docker restart` until it answers, \\d nodes') < 10]).toEqual([true, true]);
  expect(secondsOfUp).toBeLessThan(0.1);
});

it('building the image for the first start took a minute or two', () => {
  const pattern = /the base image \((\d+) s\) and the slice image \((\d+) s\)/;
  const [base, slice] = pattern.exec(read('docs/performance.md'))?.slice(1).map(Number) ?? [];
  expect((base ?? 0) + (slice ?? 0)).toBeGreaterThan(0);
  expect((base ?? 0) + (slice ?? 0)).toBeLessThanOrEqual(120);
  expect(read('README.md')).toContain('builds the slice image, which takes a minute or two');
});

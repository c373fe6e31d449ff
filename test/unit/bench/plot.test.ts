import { expect, it } from 'vitest';
import { renderPlot } from '../../../bench/plot.ts';

const point = (x: number, y: number) => ({ x, y, low: y, high: y });
const plot = (...points: readonly (readonly [number, number])[]) =>
  renderPlot({
    title: 'Time & memory',
    x: 'nodes',
    y: 'seconds',
    curves: [{ label: 'a < b', points: points.map(([x, y]) => point(x, y)) }],
  });
const distances = (places: readonly number[]) => places.slice(1).map((place, index) => place - (places[index] ?? NaN));

it('equal factors have equal distances', () => {
  const [, corners = ''] =
    /polyline class="c0" fill="none" points="([^"]*)"/.exec(plot([1, 1], [10, 10], [100, 100])) ?? [];
  const places = corners.split(/[ ,]/).map(Number);
  const across = places.filter((_, index) => index % 2 === 0);
  const down = places.filter((_, index) => index % 2 === 1);
  expect([distances(across), distances(down)]).toEqual([
    [308, 308],
    [-152, -152],
  ]);
});

it('the axes have round numbers, which enclose all values', () => {
  const ticks = [...plot([3, 2.3], [300, 18]).matchAll(/text-anchor="(middle|end)">([\d.]+)</g)];
  const of = (anchor: string) => ticks.filter(([, each]) => each === anchor).map(([, , tick]) => Number(tick));
  expect(of('middle')).toEqual([2, 5, 10, 20, 50, 100, 200, 500]);
  expect(of('end')).toEqual([2, 5, 10, 20]);
});

it('the text is text, with special characters escaped', () => {
  const svg = plot([1, 1], [2, 2]);
  expect(svg).toContain('<title>Time &amp; memory</title>');
  expect(svg).toContain('>a &lt; b</text>');
});

it('has colors for light and for dark pages', () => {
  expect(plot([1, 1], [2, 2])).toContain('@media (prefers-color-scheme: dark)');
});

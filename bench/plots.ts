import { type Curve, renderPlot } from './plot.ts';
import type { Results } from './results.ts';
import { median } from './samples.ts';

/** The plots of docs/performance.md, by name. */
export function timeAndMemory(all: readonly Results[]): Readonly<Record<string, string>> {
  const x = 'nodes';
  return {
    time: renderPlot({
      title: 'Time until a cluster runs',
      x,
      y: 'seconds',
      curves: curves(all, { 'vcluster-box up': 'up', 'by hand': 'by hand' }),
    }),
    memory: renderPlot({
      title: 'Memory of a cluster, right after its creation',
      x,
      y: 'MiB',
      curves: curves(all, { 'vcluster-box up': 'memory', 'by hand': 'by hand memory' }),
    }),
  };
}

/** A curve for each label: all series named `PREFIX NODES`. */
function curves(all: readonly Results[], prefixes: Readonly<Record<string, string>>): readonly Curve[] {
  const series = all.flatMap((results) => Object.entries(results.series));
  return Object.entries(prefixes).map(([label, prefix]) => ({
    label,
    points: series
      .filter(([name]) => name.startsWith(prefix) && /^ \d+$/.test(name.slice(prefix.length)))
      .map(([name, samples]) => ({
        x: Number(name.slice(prefix.length)),
        y: median(samples),
        low: Math.min(...samples),
        high: Math.max(...samples),
      }))
      .toSorted((a, b) => a.x - b.x),
  }));
}

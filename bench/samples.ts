/** Measured values in the order of measurement. */
export type Samples = readonly number[];

/** Samples by what was measured: `up 20`, `memory 20`. */
export type Series = Readonly<Record<string, Samples>>;

/** The median; for an even number of samples, the mean of the middle two; NaN without samples. */
export function median(samples: Samples): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const above = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const below = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (above + below) / 2;
}

/** Combines the samples of the same run: the first of each, the second of each, as long as all have one. */
export function combine(all: readonly Samples[], how: (values: readonly number[]) => number): Samples {
  const count = Math.min(...all.map(({ length }) => length));
  return Array.from({ length: count }, (_, run) => how(all.map((samples) => samples[run] ?? NaN)));
}

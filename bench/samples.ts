/** Seconds or MiB, in the order of measurement; never empty. */
export type Samples = readonly [number, ...number[]];

/** The median; for an even number of samples, the mean of the middle two. */
export function median(samples: Samples): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const above = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const below = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (above + below) / 2;
}

/** Repeats a measurement `count` times in sequence. */
export async function repeat(count: number, measure: () => Promise<number>): Promise<Samples> {
  const samples: [number, ...number[]] = [await measure()];
  while (samples.length < count) samples.push(await measure());
  return samples;
}

/** Seconds or MiB, in the order in which they were measured; never empty. */
export type Samples = readonly [number, ...number[]];

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(samples: Samples): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const above = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const below = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (above + below) / 2;
}

/** Takes the same measurement `count` times, one after the other. */
export async function repeat(count: number, measure: () => Promise<number>): Promise<Samples> {
  const samples: [number, ...number[]] = [await measure()];
  while (samples.length < count) samples.push(await measure());
  return samples;
}

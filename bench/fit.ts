/** A value of `y` measured at `x`. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The exponent of the power of x that fits best: 0 if y does not grow, 1 if it grows as x does.
 *
 * It is the slope of the straight line through the logarithms, by least squares.
 */
export function exponentOf(points: readonly Point[]): number {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = { x: average(logs.map(({ x }) => x)), y: average(logs.map(({ y }) => y)) };
  const covariance = average(logs.map(({ x, y }) => (x - mean.x) * (y - mean.y)));
  const variance = average(logs.map(({ x }) => (x - mean.x) ** 2));
  return covariance / variance;
}

function average(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

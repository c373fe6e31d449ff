export interface Plot {
  readonly title: string;
  /** what the axes show */
  readonly x: string;
  readonly y: string;
  readonly curves: readonly Curve[];
}

/** Points in the order of `x`; all values are above 0. */
export interface Curve {
  readonly label: string;
  readonly points: readonly PlotPoint[];
}

interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** the range of what was measured */
  readonly low: number;
  readonly high: number;
}

const area = { left: 64, right: 680, top: 48, bottom: 352 };
const size = { width: 720, height: 400 };

/** The colors of the background, the text, the grid and each curve. */
const colors = {
  light: ['#ffffff', '#1f2328', '#d0d7de', '#0550ae', '#bc4c00'],
  dark: ['#0d1117', '#e6edf3', '#3d444d', '#79c0ff', '#ffa657'],
} as const;

// An image in a page does not know the page's colors, so it has its own background in both schemes.
const style = `
  text { font: 13px sans-serif; }
  .title { font-size: 16px; font-weight: bold; }
  polyline { stroke-width: 2; }
  ${rules(colors.light)}
  @media (prefers-color-scheme: dark) {
    ${rules(colors.dark)}
  }
`;

function rules([back, text, grid, ...curves]: readonly string[]): string {
  const lines = curves.map((color, index) => `.c${index} { stroke: ${color}; } .t${index} { fill: ${color}; }`);
  return [`.back { fill: ${back}; } text { fill: ${text}; } .grid { stroke: ${grid}; }`, ...lines].join('\n  ');
}

/** An SVG image with logarithmic axes: medians as points, ranges as vertical lines, labels above the last points. */
export function renderPlot({ title, x, y, curves }: Plot): string {
  const points = curves.flatMap((curve) => curve.points);
  const across = scale(
    points.map((point) => point.x),
    area.left,
    area.right,
  );
  const up = scale(
    points.flatMap(({ low, high }) => [low, high]),
    area.bottom,
    area.top,
  );
  const place = (point: PlotPoint) => ({ cx: across.at(point.x), cy: up.at(point.y) });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="back" width="${size.width}" height="${size.height}"/>`,
    `<text class="title" x="${area.left}" y="24">${escape(title)}</text>`,
    ...across.ticks.map((tick) => {
      const at = across.at(tick);
      const line = `<line class="grid" x1="${at}" x2="${at}" y1="${area.top}" y2="${area.bottom}"/>`;
      return `${line}<text x="${at}" y="${area.bottom + 18}" text-anchor="middle">${tick}</text>`;
    }),
    ...up.ticks.map((tick) => {
      const at = up.at(tick);
      const line = `<line class="grid" x1="${area.left}" x2="${area.right}" y1="${at}" y2="${at}"/>`;
      return `${line}<text x="${area.left - 8}" y="${at + 4}" text-anchor="end">${tick}</text>`;
    }),
    `<text x="${area.left - 8}" y="${area.top - 16}" text-anchor="end">${escape(y)}</text>`,
    `<text x="${area.right}" y="${area.bottom + 36}" text-anchor="end">${escape(x)}</text>`,
    ...curves.map((curve, index) => renderCurve(curve, index, place, up.at)),
    '</svg>\n',
  ].join('\n');
}

function renderCurve(
  { label, points }: Curve,
  index: number,
  place: (point: PlotPoint) => { readonly cx: number; readonly cy: number },
  height: (value: number) => number,
): string {
  const last = points.at(-1);
  if (last === undefined) return '';
  const line = points.map(place).map(({ cx, cy }) => `${cx},${cy}`);
  const marks = points.map((point) => {
    const { cx, cy } = place(point);
    const range = `<line class="c${index}" x1="${cx}" x2="${cx}" y1="${height(point.low)}" y2="${height(point.high)}"/>`;
    return `${range}<circle class="c${index} t${index}" cx="${cx}" cy="${cy}" r="3"/>`;
  });
  const end = place(last);
  return [
    `<polyline class="c${index}" fill="none" points="${line.join(' ')}"/>`,
    ...marks,
    `<text class="t${index}" x="${end.cx - 8}" y="${end.cy - 8}" text-anchor="end">${escape(label)}</text>`,
  ].join('\n');
}

/** A logarithmic axis from `from` to `to`, which ends at the ticks around the values. */
function scale(values: readonly number[], from: number, to: number) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const all = [-2, -1, 0, 1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  const first = all.findLastIndex((tick) => tick <= low);
  const last = all.findIndex((tick) => tick >= high);
  const ticks = all.slice(Math.max(first, 0), last + 1);
  const [begin, end] = [Math.log(ticks[0] ?? low), Math.log(ticks.at(-1) ?? high)];
  const at = (value: number) => Math.round(from + ((Math.log(value) - begin) / (end - begin)) * (to - from));
  return { ticks, at };
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

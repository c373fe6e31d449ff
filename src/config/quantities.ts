const unitBytes = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 } as const;
const unitSeconds = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Parses `512m`, `1.5g`, `2GiB` to bytes, with powers of 1024 as in Docker; `undefined` for anything else. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([bkmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Math.round(Number(amount) * unitBytes[unit.toLowerCase() as keyof typeof unitBytes]);
}

/** The shortest text that `parseSize` parses to the same number. */
export function formatSize(bytes: number): string {
  const unit = (['t', 'g', 'm', 'k'] as const).find((each) => bytes > 0 && bytes % unitBytes[each] === 0) ?? '';
  return `${bytes / unitBytes[unit]}${unit}`;
}

/** Parses `90`, `90s`, `5m`, `1h`, `2d` to seconds; `undefined` for anything else. */
export function parseSeconds(text: string): number | undefined {
  const [, amount, unit] = /^(\d+)([smhd]?)$/.exec(text.trim()) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Number(amount) * unitSeconds[unit as keyof typeof unitSeconds];
}

/** The shortest text with a unit that `parseSeconds` parses to the same number. */
export function formatSeconds(seconds: number): string {
  const unit = (['d', 'h', 'm'] as const).find((each) => seconds > 0 && seconds % unitSeconds[each] === 0) ?? 's';
  return `${seconds / unitSeconds[unit]}${unit}`;
}

export function parseWhole(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Limits a parser to numbers from `min` to `max`. */
export function within(parse: (text: string) => number | undefined, min: number, max: number) {
  return (text: string): number | undefined => {
    const value = parse(text);
    return value !== undefined && value >= min && value <= max ? value : undefined;
  };
}

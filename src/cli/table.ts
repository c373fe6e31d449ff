/** A table with columns as wide as their content. */
export function renderTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) => renderLine(line, widths)).join('\n');
}

/** One line per name and value, with aligned values; facts without a value are omitted. */
export function renderFacts(facts: readonly (readonly [name: string, value: string | null])[]): string {
  const known = facts.flatMap(([name, value]) => (value === null ? [] : [[`${name}:`, value] as const]));
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map((line) => renderLine(line, [width, 0])).join('\n');
}

function renderLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd();
}

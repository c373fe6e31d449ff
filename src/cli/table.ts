/** A table with columns as wide as their content.  A column in which all cells are empty is left out. */
export function renderTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = heading.flatMap((_, column) => (rows.length === 0 || rows.some((row) => row[column]) ? [column] : []));
  const lines = [heading, ...rows].map((line) => used.map((column) => line[column] ?? ''));
  const widths = used.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) => renderLine(line, widths)).join('\n');
}

/** The hosts to show to users: none if the cluster is only on the default engine. */
export function shownHosts<T extends { readonly endpoint: string } | { readonly host: string }>(
  hosts: readonly T[],
): readonly T[] {
  return hosts.every((each) => ('host' in each ? each.host : each.endpoint) === 'default') ? [] : hosts;
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

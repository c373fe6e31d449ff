import type { TerminalSize } from '../engine/engine.ts';
import { wrapText } from './help.ts';

/** The width of the terminal; without one, lines can be of any length. */
export type Width = Pick<TerminalSize, 'columns'> | undefined;

/**
 * A table with columns as wide as their content.  A column in which all cells are empty is left out.  If the table is
 * wider than the terminal, each row becomes a list of facts.
 */
export function renderTable(heading: readonly string[], rows: readonly (readonly string[])[], width?: Width): string {
  const used = heading.flatMap((_, column) => (rows.length === 0 || rows.some((row) => row[column]) ? [column] : []));
  const lines = [heading, ...rows].map((line) => used.map((column) => line[column] ?? ''));
  const widths = used.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const table = lines.map((line) => renderLine(line, widths));
  if (table.every((line) => line.length <= (width?.columns ?? Infinity))) return table.join('\n');
  const facts = rows.map((row) => heading.map((name, column): Fact => [name, row[column] ?? '']));
  return facts
    .map((row) =>
      renderFacts(
        row.filter(([, value]) => value !== ''),
        width,
      ),
    )
    .join('\n\n');
}

/** The hosts to show to users: none if the cluster is only on the default engine. */
export function shownHosts<T extends { readonly endpoint: string } | { readonly host: string }>(
  hosts: readonly T[],
): readonly T[] {
  return hosts.every((each) => ('host' in each ? each.host : each.endpoint) === 'default') ? [] : hosts;
}

/** A name and its value, or null if there is none.  A command is not wrapped, so that it can be copied. */
export type Fact = readonly [name: string, value: string | null, kind?: 'command'];

/** One line per fact that has a value, with aligned values, wrapped at the width of the terminal. */
export function renderFacts(facts: readonly Fact[], width?: Width): string {
  const known = facts.flatMap(([name, value, kind]) => (value === null ? [] : [[`${name}:`, value, kind] as const]));
  const nameWidth = Math.max(...known.map(([name]) => name.length));
  const lines = known.map(([name, value, kind]) => {
    const text = kind === 'command' ? value : wrapText(value, width?.columns ?? Infinity, ' '.repeat(nameWidth + 2));
    return renderLine([name, text], [nameWidth, 0]);
  });
  return lines.join('\n');
}

function renderLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd();
}

/** A version of Ganeti, and where it is from if it is the user's: `3.0.2 (tree)`. */
export function withSource(version: string | null, source: string | null): string | null {
  return version === null || source === null ? version : `${version} (${source})`;
}

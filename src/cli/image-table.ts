import type { OwnImage } from '../image/list-images.ts';

const heading = ['KIND', 'VERSION', 'IMAGE', 'SIZE', 'CREATED'];

/** Columns, for people; scripts take `--json`. */
export function imageTable(images: readonly OwnImage[]): string {
  const rows = [heading, ...images.map(toRow)];
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function toRow({ kind, version, tag, id, size, createdAt }: OwnImage): readonly string[] {
  const megabytes = `${Math.round(size / 1e6)} MB`;
  return [kind, version, tag ?? id, megabytes, new Date(createdAt * 1000).toISOString().slice(0, 16).replace('T', ' ')];
}

import type { OwnImage } from '../image/list-images.ts';
import { renderTable } from './table.ts';

export function imageTable(images: readonly OwnImage[]): string {
  return renderTable(['KIND', 'VERSION', 'IMAGE', 'SIZE', 'CREATED'], images.map(toRow));
}

function toRow({ kind, version, tag, id, size, createdAt }: OwnImage): readonly string[] {
  const created = new Date(createdAt * 1000).toISOString();
  return [kind, version, tag ?? id, `${Math.round(size / 1e6)} MB`, created.slice(0, 16).replace('T', ' ')];
}

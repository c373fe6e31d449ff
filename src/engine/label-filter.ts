import type { Labels } from './engine.ts';

/** The engine's `filters` for all that has these labels. */
export function labelFilter(labels: Labels): { label: string[] } {
  return { label: Object.entries(labels).map(([key, value]) => (value === '' ? key : `${key}=${value}`)) };
}

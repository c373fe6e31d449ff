import type { GroupOptions } from './node-options.ts';

export interface Group {
  readonly name: string;
  readonly allocPolicy: NonNullable<GroupOptions['allocPolicy']>;
}

/** The first of a number of groups is called as Ganeti calls the one that every cluster begins with. */
export function completeGroups(groups: number | readonly GroupOptions[]): readonly Group[] {
  if (typeof groups !== 'number') return groups.map(({ name, allocPolicy = 'preferred' }) => ({ name, allocPolicy }));
  return Array.from({ length: groups }, (_, index) => ({
    name: index === 0 ? 'default' : `group${index + 1}`,
    allocPolicy: 'preferred',
  }));
}

/** Which Debian release has which Ganeti; the first is the default. */
const debianReleases = { '3.0': 'bookworm', '3.1': 'trixie' } as const;

export type GanetiVersion = keyof typeof debianReleases;

export const ganetiVersions = Object.keys(debianReleases) as readonly GanetiVersion[];

/** Code name, as in `VERSION_CODENAME`, image tags and package sources. */
export function debianRelease(ganeti: GanetiVersion): string {
  return debianReleases[ganeti];
}

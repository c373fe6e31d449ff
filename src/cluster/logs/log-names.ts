import { posix } from 'node:path';

/** Names of daemons by the names of their log files (`ganeti.constants.DAEMONS_LOGFILES`). */
const daemons: Readonly<Record<string, string>> = {
  'node-daemon': 'noded',
  'conf-daemon': 'confd',
  'wconf-daemon': 'wconfd',
  'luxi-daemon': 'luxid',
  'rapi-daemon': 'rapi',
  'monitoring-daemon': 'mond',
  'meta-daemon': 'metad',
  'kvm-daemon': 'kvmd',
};

/** The log of the slice's own program, which belongs to no node. */
export const sliceLog = 'slice';

/** Names of logs that can always be requested, even if they are empty or do not exist yet. */
export const knownLogs: readonly string[] = [...Object.values(daemons), 'watcher', 'jobs', 'commands', sliceLog];

/**
 * The name of a log file in our output: `luxid` for `luxi-daemon.log`, `mond-access` for
 * `monitoring-daemon-access.log`, otherwise the file name without extension: `watcher`, `os/add-debian-i1`.
 *
 * @param path relative to `var/log/ganeti`
 */
export function logName(path: string): string {
  const stem = path.replace(/\.log$/, '');
  const daemon = Object.keys(daemons).find((name) => stem === name || stem.startsWith(`${name}-`));
  return daemon === undefined ? stem : `${daemons[daemon] ?? ''}${stem.slice(daemon.length)}`;
}

/**
 * Whether a log is requested.  `mond` and `ganeti-mond` also select `mond-access`; `os` selects everything below it.
 */
export function matchesLog(name: string, requested: string | undefined): boolean {
  if (requested === undefined) return true;
  const wanted = plainName(requested);
  return name === wanted || name.startsWith(`${wanted}-`) || name.startsWith(`${wanted}/`);
}

export function plainName(requested: string): string {
  return requested.replace(/^ganeti-/, '');
}

export function logDirectory(nodeDirectory: string): string {
  return posix.join(nodeDirectory, 'var/log/ganeti');
}

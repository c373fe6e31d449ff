import { posix } from 'node:path';

/** Daemons whose log is named otherwise (`ganeti.constants.DAEMONS_LOGFILES`). */
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

/** The log of the slice's own program, which is of no node. */
export const sliceLog = 'slice';

/** What the logs of a node may be asked for by, whether there is anything in them or not. */
export const knownLogs: readonly string[] = [...Object.values(daemons), 'watcher', 'jobs', 'commands', sliceLog];

/**
 * What a log file is called here: `luxid` for `luxi-daemon.log`, `mond-access` for `monitoring-daemon-access.log`, otherwise its
 * name without the ending: `watcher`, `os/add-debian-i1`.
 *
 * @param path below `var/log/ganeti`
 */
export function logName(path: string): string {
  const stem = path.replace(/\.log$/, '');
  const daemon = Object.keys(daemons).find((name) => stem === name || stem.startsWith(`${name}-`));
  return daemon === undefined ? stem : `${daemons[daemon] ?? ''}${stem.slice(daemon.length)}`;
}

/** Whether a log is the one that was asked for: `mond`, `ganeti-mond`; `mond` means `mond-access`, too, and `os` all below it. */
export function matchesLog(name: string, asked: string | undefined): boolean {
  if (asked === undefined) return true;
  const wanted = plainName(asked);
  return name === wanted || name.startsWith(`${wanted}-`) || name.startsWith(`${wanted}/`);
}

export function plainName(asked: string): string {
  return asked.replace(/^ganeti-/, '');
}

export function logDirectory(nodeDirectory: string): string {
  return posix.join(nodeDirectory, 'var/log/ganeti');
}

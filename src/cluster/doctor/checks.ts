import type { EngineInfo } from '../../engine/engine.ts';
import { formatMemory } from '../../format.ts';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  /** `warn`: clusters work, though not all or not well */
  readonly level: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** what to do about it, unless it is ok */
  readonly remedy?: string;
}

export function ok(name: string, found: string): Check {
  return { name, level: 'ok', found };
}

/** `ok` if it holds, else what is given. */
export function check(name: string, found: string, otherwise: Otherwise): Check {
  const { holds, level = 'warn', remedy } = otherwise;
  return holds ? ok(name, found) : { name, level, found, remedy };
}

interface Otherwise {
  readonly holds: boolean;
  readonly level?: 'warn' | 'fail';
  readonly remedy: string;
}

const gibi = 2 ** 30;

/** What the engine says of itself.  Pure. */
export function engineChecks(info: EngineInfo, endpoint: string): readonly Check[] {
  const { version, name, kernel, operatingSystem, architecture, rootless, storageDriver, rootDirectory } = info;
  return [
    ok('engine', `${name} ${version} at ${endpoint} (${operatingSystem}, ${kernel}, ${architecture})`),
    check('API version', info.apiVersion, {
      holds: atLeast(info.apiVersion, '1.41'),
      remedy: 'use Docker 20.10 or newer: older ones are not tried',
    }),
    check('storage', `${storageDriver} in ${rootDirectory}`, {
      holds: storageDriver !== 'vfs',
      remedy: 'vfs copies the whole image for each container: use overlay2',
    }),
    check('seccomp', info.securityOptions.some((option) => option.includes('seccomp')) ? 'on' : 'off', {
      holds: info.securityOptions.some((option) => option.includes('seccomp')),
      remedy: 'use an engine and a kernel with seccomp: it is part of what confines a cluster',
    }),
    ok('rootless', rootless ? 'yes' : 'no'),
    check('memory', formatMemory(info.memory), {
      holds: info.memory >= 2 * gibi,
      remedy: 'a cluster takes about 150 MiB and 30 MiB a node; keep to few nodes',
    }),
    limits(info),
  ];
}

/** Whether what keeps a cluster in bounds is kept. */
function limits({ unlimited, cgroupVersion, rootless }: EngineInfo): Check {
  const found = unlimited.length === 0 ? 'memory, processes, CPU' : `not of ${unlimited.join(', ')}`;
  return check('limits', `${found} (cgroup ${cgroupVersion})`, {
    holds: unlimited.length === 0,
    remedy: rootless
      ? 'clusters run without; a rootless engine limits only on cgroup 2, where systemd delegates to its user (Delegate=cpu memory pids)'
      : 'switch the controllers on, for memory by cgroup_enable=memory on the kernel’s command line',
  });
}

function atLeast(version: string, wanted: string): boolean {
  return version.localeCompare(wanted, 'en', { numeric: true }) >= 0;
}

/** Limits of the engine's machine, which the engine does not tell.  What could not be found out is left out. */
export interface MachineFacts {
  readonly inotifyInstances?: number;
  readonly nofileHard?: number;
  readonly memoryAvailableMiB?: number;
  readonly diskFreeMiB?: number;
}

/** Judges what is known; what is not is left out.  Pure. */
export function machineChecks(facts: MachineFacts): readonly Check[] {
  const { inotifyInstances, nofileHard, memoryAvailableMiB, diskFreeMiB } = facts;
  return [
    ...known(inotifyInstances, (count) =>
      check('inotify', `${count} instances a user, all clusters together`, {
        holds: count >= 128,
        remedy: 'each cluster needs up to 14: sysctl fs.inotify.max_user_instances=1024 on the engine’s machine',
      }),
    ),
    ...known(nofileHard, (count) =>
      check('open files', `at most ${count} a process`, {
        holds: count >= 4096,
        level: 'fail',
        remedy: 'a cluster is started with 4096: raise the engine’s own limit (LimitNOFILE)',
      }),
    ),
    ...known(memoryAvailableMiB, (mebibytes) =>
      check('free memory', `${mebibytes} MiB: room for about ${nodesIn(mebibytes)} nodes`, {
        holds: nodesIn(mebibytes) >= 3,
        remedy: 'stop what needs it, or remove clusters: vcluster-box ls',
      }),
    ),
    ...known(diskFreeMiB, (mebibytes) =>
      check('free disk', `${mebibytes} MiB`, {
        holds: mebibytes >= 2048,
        level: mebibytes < 512 ? 'fail' : 'warn',
        remedy: 'an image takes about 700 MiB: docker system df shows what takes the room',
      }),
    ),
  ];
}

function known(value: number | undefined, judge: (value: number) => Check): readonly Check[] {
  return value === undefined ? [] : [judge(value)];
}

function nodesIn(mebibytes: number): number {
  return Math.max(0, Math.floor((mebibytes - 150) / 30));
}

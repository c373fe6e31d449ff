import { most } from '../../config/node-options.ts';
import type { EngineInfo } from '../../engine/engine.ts';
import { formatMemory } from '../../format.ts';
import { idleNeeds, planNeeds } from '../../plan/needs.ts';

/** The result of one check. */
export interface Check {
  readonly name: string;
  /** `warn`: clusters work, but with limitations */
  readonly level: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** what to do about it; omitted if ok */
  readonly remedy?: string;
}

export function ok(name: string, found: string): Check {
  return { name, level: 'ok', found };
}

/** `ok` if the condition holds, otherwise the given level and remedy. */
export function check(name: string, found: string, otherwise: Otherwise): Check {
  const { holds, level = 'warn', remedy } = otherwise;
  return holds ? ok(name, found) : { name, level, found, remedy };
}

interface Otherwise {
  readonly holds: boolean;
  readonly level?: 'warn' | 'fail';
  readonly remedy: string;
}

const mebi = 2 ** 20;
const gibi = 2 ** 30;

/** Checks what the engine reports about itself. */
export function engineChecks(info: EngineInfo, endpoint: string): readonly Check[] {
  const { version, name, kernel, operatingSystem, architecture, rootless, storageDriver, rootDirectory } = info;
  return [
    ok('engine', `${name} ${version} at ${endpoint} (${operatingSystem}, ${kernel}, ${architecture})`),
    check('API version', info.apiVersion, {
      holds: atLeast(info.apiVersion, '1.41'),
      remedy: 'use Docker 20.10 or newer; older versions are untested',
    }),
    check('storage', `${storageDriver} in ${rootDirectory}`, {
      holds: storageDriver !== 'vfs',
      remedy: 'use overlay2; vfs copies the whole image for each container',
    }),
    check('seccomp', info.securityOptions.some((option) => option.includes('seccomp')) ? 'on' : 'off', {
      holds: info.securityOptions.some((option) => option.includes('seccomp')),
      remedy: 'use an engine and a kernel with seccomp, which is part of the isolation of clusters',
    }),
    ok('rootless', rootless ? 'yes' : 'no'),
    check('memory', formatMemory(info.memory), {
      holds: info.memory >= 2 * gibi,
      remedy:
        `use few nodes; a cluster needs about ${idleNeeds.memoryMiB} MiB ` +
        `plus ${idleNeeds.perNode.memoryMiB} MiB per node`,
    }),
    limits(info),
  ];
}

/** Whether the engine can enforce the resource limits of a cluster. */
function limits({ unlimited, cgroupVersion, rootless }: EngineInfo): Check {
  const found = unlimited.length === 0 ? 'memory, processes, CPU' : `not enforced for ${unlimited.join(', ')}`;
  return check('limits', `${found} (cgroup ${cgroupVersion})`, {
    holds: unlimited.length === 0,
    remedy: rootless
      ? 'clusters run without limits; a rootless engine needs cgroup 2 and delegation by systemd ' +
        '(Delegate=cpu memory pids)'
      : 'enable the cgroup controllers; for memory, add cgroup_enable=memory to the kernel command line',
  });
}

function atLeast(version: string, wanted: string): boolean {
  return version.localeCompare(wanted, 'en', { numeric: true }) >= 0;
}

/** Limits of the engine's machine that the engine does not report.  Unknown ones are omitted. */
export interface MachineFacts {
  readonly inotifyInstances?: number;
  readonly memoryAvailableMiB?: number;
  readonly diskFreeMiB?: number;
}

/** Checks the known facts; unknown ones are omitted. */
export function machineChecks(facts: MachineFacts): readonly Check[] {
  const { inotifyInstances, memoryAvailableMiB, diskFreeMiB } = facts;
  return [
    ...known(inotifyInstances, (count) =>
      check('inotify', `${count} instances per user, for all clusters together`, {
        holds: count >= 128,
        remedy:
          `each cluster needs up to ${planNeeds(most.nodes).inotifyInstances}; ` +
          'run sysctl fs.inotify.max_user_instances=1024 on the engine’s machine',
      }),
    ),
    ...known(memoryAvailableMiB, (mebibytes) =>
      check('free memory', `${formatMemory(mebibytes * mebi)}: room for about ${nodesIn(mebibytes)} nodes`, {
        holds: nodesIn(mebibytes) >= 3,
        remedy: 'stop other programs, or remove clusters (see vcluster-box ls)',
      }),
    ),
    ...known(diskFreeMiB, (mebibytes) =>
      check('free disk', formatMemory(mebibytes * mebi), {
        holds: mebibytes >= 2048,
        level: mebibytes < 512 ? 'fail' : 'warn',
        remedy: 'an image needs about 700 MiB; see the disk usage with docker system df',
      }),
    ),
  ];
}

function known(value: number | undefined, judge: (value: number) => Check): readonly Check[] {
  return value === undefined ? [] : [judge(value)];
}

function nodesIn(mebibytes: number): number {
  return Math.max(0, Math.floor((mebibytes - idleNeeds.memoryMiB) / idleNeeds.perNode.memoryMiB));
}

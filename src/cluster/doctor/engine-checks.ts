import type { EngineInfo } from '../../engine/engine.ts';
import { check, ok, type Check } from './check.ts';

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
    check('memory', `${(info.memory / gibi).toFixed(1)} GiB`, {
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

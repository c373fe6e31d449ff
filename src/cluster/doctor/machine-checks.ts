import { check, type Check } from './check.ts';
import type { MachineFacts } from './machine-facts.ts';

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

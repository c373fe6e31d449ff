import type { Section } from '../step.ts';

export const diskFailure: readonly Section[] = [
  {
    section: 'Disk failures',
    steps: [
      {
        command: 'gnt-node volumes -o phys,instance node2',
        see: 'two volumes of each instance are on one disk',
        shows: [1, 2, 3, 4].map((number) => new RegExp(`(^/dev/sdb1 +instance${number}\\S*\\n?[^]*){2}`, 'm')),
      },
      { command: 'ssh node2', see: 'the shell is on the other node', typed: 'hostname\nexit\n', shows: [/^node2\./m] },
      {
        command: 'echo offline > /sys/block/sdb/device/state',
        see: 'the disk is taken away',
        on: 'node2',
        status: 'adapted',
        reason: 'Devices',
        instead: 'vcluster-disk fail sdb1',
      },
      {
        command: 'vgs',
        see: 'a physical volume is missing',
        on: 'node2',
        shows: [/Couldn't find device with uuid/, /is missing|Couldn't find all physical volumes/],
      },
      {
        command: 'gnt-instance info instance2',
        see: 'the secondary has lost its disk',
        shows: [/on primary: .*status ok/, /on secondary: .*\*DEGRADED\* \*MISSING DISK\*/],
      },
      {
        command: 'gnt-instance info instance1',
        see: 'the primary has lost its disk',
        shows: [/on primary: .*\*DEGRADED\* \*MISSING DISK\*/, /on secondary: .*status ok/],
      },
      {
        command: 'gnt-instance console instance1',
        see: 'the instance runs on',
        input: '\n\u001d',
        shows: [/instance1 login:/],
      },
      {
        command: 'gnt-node repair-storage node2 lvm-vg xenvg',
        see: 'the disk is removed from the volume group',
        shows: [/Repairing storage unit 'xenvg' on node2/],
      },
      {
        command: 'ssh node2 vgs',
        see: 'the volume group is complete, with one disk',
        shows: [/^ *xenvg +1 +\d+ +0 wz--n- /m],
        hides: [/Couldn't/],
      },
      {
        command: 'for i in instance{1..4}; do gnt-instance replace-disks -a $i; done',
        see: 'each instance gets new volumes on that node',
        before: ["ssh node2 'pvchange -x y /dev/sda3'"],
        shows: [1, 2, 3, 4].map((number) => new RegExp(`Replacing disk\\(s\\) 0 for instance '?instance${number}`)),
        after: '! gnt-instance info --all | grep DEGRADED',
      },
      {
        command: 'gnt-instance replace-disks -p instance1',
        see: 'the primary gets new volumes',
        shows: [/STEP 6\/6 Removing old storage/],
      },
      {
        command: 'for i in instance{2..4}; do gnt-instance replace-disks -s $i; done',
        see: 'the secondaries get new volumes',
        shows: [/(STEP 6\/6 Removing old storage[^]*){3}/],
      },
    ],
  },
];

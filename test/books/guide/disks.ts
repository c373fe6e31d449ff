import type { Section } from '../step.ts';

const replaced = [/STEP 1\/6 Check device existence/, /STEP 5\/6 Sync devices/, /STEP 6\/6 Removing old storage/];
const healthy = '! gnt-instance info instance4 | grep DEGRADED';
const template = (name: string, wanted: string) =>
  `[ "$(gnt-instance list --no-headers -o disk_template ${name})" = ${wanted} ]`;

export const disks: readonly Section[] = [
  {
    section: 'Preparing for disk operations',
    steps: [
      {
        command: 'vgs',
        see: 'a physical volume is missing',
        on: 'node5',
        before: ["ssh node5 'vcluster-disk fail sda3'"],
        shows: [/Couldn't find device with uuid/],
      },
      {
        command: 'vgreduce --removemissing xenvg',
        see: 'the volume group is complete again',
        on: 'node5',
        after: '[ -z "$(ssh node5 \'vgs\' 2>&1 >/dev/null)" ]',
      },
      {
        command: 'pvs -x n /dev/sdb1',
        see: 'nothing is allocated on the disk any more',
        on: 'node5',
        status: 'adapted',
        reason: "The documents' own mistakes",
        instead: 'pvchange -x n /dev/sdb1',
        after: "ssh node5 'pvs --noheadings -o attr /dev/sdb1' | grep -q -e 'u--' -e '^ *---'",
      },
    ],
  },
  {
    section: 'Restoring redundancy for DRBD-based instances',
    steps: [
      {
        command: 'gnt-instance replace-disks -p instance4',
        see: 'the primary gets new volumes',
        before: ["ssh node5 'pvchange -x y /dev/sdb1'"],
        shows: replaced,
      },
      { command: 'gnt-instance replace-disks -s instance4', see: 'the secondary gets new volumes', shows: replaced },
      {
        command: 'gnt-instance replace-disks -n node3 instance4',
        see: 'another node is the secondary',
        shows: replaced,
        after: 'gnt-instance list --no-headers -o snodes instance4 | grep node3',
      },
      {
        command: 'gnt-instance replace-disks -I hail instance4',
        see: 'hail chooses a node as the secondary',
        shows: [/Selected new secondary for instance '\S+': node/, ...replaced],
      },
      {
        command: 'gnt-instance replace-disks -a instance4',
        see: 'the disk that is broken is replaced',
        before: [
          'gnt-instance list --no-headers -o snodes instance4 | grep node4 || ' +
            'gnt-instance replace-disks -n node4 instance4',
          "ssh node4 'vcluster-disk fail sda3' && gnt-node repair-storage node4 lvm-vg xenvg",
          'gnt-instance info instance4 | grep "MISSING DISK"',
        ],
        shows: replaced,
        after: healthy,
      },
    ],
  },
  {
    section: 'Re-creating disks for non-redundant instances',
    steps: [
      {
        command: 'gnt-instance recreate-disks instance1',
        see: 'a volume that is lost is created again, empty',
        before: [
          "ssh node2 'lvremove -f $(lvs --noheadings --separator=: -o lv_full_name,tags | grep instance1.example | cut -d: -f1)'",
        ],
        after: 'gnt-instance reinstall -f instance1 && gnt-instance startup instance1',
      },
    ],
  },
  {
    section: "Conversion of an instance's disk type",
    steps: [
      {
        command: 'gnt-instance add -t plain -n node1 -o debootstrap -s 128m instance15',
        see: 'the instance is created',
      },
      { command: 'gnt-instance stop instance15', see: 'it stops' },
      {
        command: 'gnt-instance modify -t drbd -n node3 instance15',
        see: 'the disk is mirrored',
        shows: [/Modified instance instance15/, /disk_template -> drbd/],
        after: template('instance15', 'drbd'),
      },
      {
        command: 'gnt-instance start instance15',
        see: 'it runs',
        after: 'gnt-instance list instance15 | grep running',
      },
      { command: 'gnt-instance stop instance15', see: 'it stops' },
      {
        command: 'gnt-instance modify -t plain instance15',
        see: 'the disk is not mirrored any more',
        shows: [/disk_template -> plain/],
        after: template('instance15', 'plain'),
      },
      {
        command: 'gnt-instance start instance15',
        see: 'it runs',
        after: 'gnt-instance list instance15 | grep running',
      },
    ],
  },
];

import type { Section } from '../step.ts';

const group = (node: string) => new RegExp(`^${node}\\S* +lvm-vg +xenvg +\\d+\\.\\d[GT] +\\S+ +\\S+ +Y$`, 'm');
const groups = ['node1', 'node2', 'node3', 'node4'].map(group);

export const storage: readonly Section[] = [
  {
    section: 'Logical volumes',
    steps: [
      {
        command: 'gnt-node volumes',
        before: ['gnt-instance startup instance4', 'gnt-instance startup instance6'],
        see: 'each volume with its node, disk, group and instance',
        shows: [/^node2\S* +\/dev\/sda3 +xenvg +\S+\.disk0\S* +\d+M +instance1\S*$/m],
      },
    ],
  },
  {
    section: 'Generalized storage handling',
    steps: [
      { command: 'gnt-node list-storage', see: 'the volume groups of all nodes', shows: groups },
      { command: 'gnt-node list-storage -t lvm-vg', see: 'the volume groups of all nodes', shows: groups },
      {
        command: 'gnt-node repair-storage node2 lvm-vg xenvg',
        see: 'the failed disk is removed from the group',
        before: ["ssh node2 'vcluster-disk fail sdb1'"],
        shows: [/Repairing storage unit 'xenvg' on node2/],
        after: "ssh node2 'vgs --noheadings -o pv_count' | grep 1",
      },
      {
        command: 'gnt-node modify-storage --allocatable=no node2 lvm-pv /dev/sda3',
        see: 'nothing is allocated on the disk any more',
        after: "gnt-node list-storage -t lvm-pv -o node,name,allocatable | grep 'node2.*/dev/sda3.*N'",
      },
    ],
  },
];

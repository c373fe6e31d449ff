import type { Section } from '../step.ts';

const devices = { on: 'node1', status: 'no', reason: 'Devices' } as const;
const missing = (program: string) => ({ exit: 127, shows: [new RegExp(`${program}: (command )?not found`)] });
const replaced = [/STEP 6\/6 Removing old storage/];

export const debugging: readonly Section[] = [
  {
    section: "Accessing an instance's disks",
    steps: [
      {
        command: 'gnt-instance activate-disks instance4',
        see: 'it prints the device of the disk',
        shows: [/^node1\S*:disk\/0:\S+/m],
      },
      {
        command: 'gnt-instance activate-disks instance15',
        see: 'it prints the device of the disk',
        before: ['gnt-instance stop instance15'],
        shows: [/^node1\S*:disk\/0:\S*\/dev\/xenvg\/\S+$/m],
      },
      { command: 'ssh node3', see: 'the shell is on the other node', typed: 'hostname\nexit\n', shows: [/^node3\./m] },
      { command: 'kpartx -l /dev/xenvg/disk', see: 'there is no device mapper', ...devices, ...missing('kpartx') },
      { command: 'kpartx -a /dev/xenvg/disk', see: 'there is no device mapper', ...devices, ...missing('kpartx') },
      {
        command: 'mount /dev/mapper/disk1 /mnt/',
        see: 'a container cannot mount',
        ...devices,
        exit: 32,
        shows: [/permission denied/],
      },
      { command: 'umount /mnt/', see: 'nothing is mounted', ...devices, exit: 32, shows: [/must be superuser/] },
      { command: 'kpartx -d /dev/xenvg/disk', see: 'there is no device mapper', ...devices, ...missing('kpartx') },
      {
        command: 'gnt-instance deactivate-disks instance15',
        see: 'the device is gone',
        after: "! ssh node1 'lvs -o lv_attr,tags' | grep 'wi-ao.*instance15'",
      },
    ],
  },
  {
    section: "Accessing an instance's console",
    steps: [
      {
        command: 'gnt-instance console instance4',
        see: 'the console asks for a name, and ends with Ctrl-]',
        input: '\n\u001d',
        shows: [/instance4 login:/],
      },
    ],
  },
  {
    section: 'Other instance operations: Reboot',
    steps: [
      {
        command: 'gnt-instance reboot instance4',
        see: 'it starts again',
        shows: [/Waiting for job \d+ for instance4/],
        after: 'gnt-instance list instance4 | grep running',
      },
    ],
  },
  {
    section: 'Instance OS definitions debugging',
    steps: [
      {
        command: 'gnt-os diagnose',
        see: 'the definition is valid on each node',
        shows: [
          /OS: debootstrap \[global status: valid\]/,
          /(Node: \S+, status: valid \(path: \/srv\/ganeti\/os\/debootstrap\)[^]*){5}/,
        ],
      },
    ],
  },
  {
    section: 'Instance relocation',
    steps: [
      {
        command: 'gnt-instance replace-disks -n node3 instance6',
        see: 'the secondary node is another one',
        before: ['gnt-instance add -t drbd -o debootstrap -s 128m -n node1:node2 instance6'],
        shows: replaced,
      },
      { command: 'gnt-instance migrate instance6', see: 'the nodes change places', typed: 'y\n', shows: [/\* done/] },
      {
        command: 'gnt-instance replace-disks -n node4 instance6',
        see: 'both nodes are others than before',
        shows: replaced,
        after: 'gnt-instance list --no-headers -o pnode,snodes instance6 | grep "node3.*node4"',
      },
    ],
  },
];

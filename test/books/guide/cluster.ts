import type { Section } from '../step.ts';

const paused = /The watcher is paused until /;

export const cluster: readonly Section[] = [
  {
    section: 'Standard operations',
    steps: [
      {
        command: 'gnt-cluster getmaster',
        see: 'the master, on any node',
        on: 'node2',
        shows: [/^node1\.example\.com$/m],
      },
      {
        command: 'gnt-cluster info',
        see: 'names, parameters and defaults',
        shows: [
          /Cluster name: /,
          /Master node: node1\.example\.com/,
          /Default hypervisor: fake/,
          /candidate pool size: \d+/,
          /memory|maxmem: \d+/,
          /link: /,
        ],
      },
      {
        command: 'gnt-cluster version',
        see: 'the versions of everything',
        shows: [
          /Software version: 3\.\d\.\d/,
          /Configuration format: 3\d+/,
          /OS api version: 20/,
          /Export interface: 0/,
        ],
      },
    ],
  },
  {
    section: 'Global node commands',
    steps: [
      {
        command: 'gnt-cluster copyfile /root/file',
        see: 'the file is on all nodes',
        before: ['echo text >/root/file'],
      },
      {
        command: 'gnt-cluster command ls -l /root/file',
        see: 'all nodes list it',
        shows: ['node1', 'node2', 'node3', 'node4'].map((node) => new RegExp(`node: ${node}\\S*\\n.* /root/file`)),
      },
    ],
  },
  {
    section: 'Cluster verification',
    steps: [
      {
        command: 'gnt-cluster verify',
        see: 'there are no errors, and a note on instances without a mirror',
        shows: [/NOTICE: \d+ non-redundant instance\(s\) found/, /Hooks Results/],
        hides: [/ERROR/],
      },
      { command: 'gnt-cluster verify-disks', see: 'no disk has to be activated', hides: [/Activating|ERROR/] },
      {
        command: 'gnt-cluster repair-disk-sizes',
        see: 'a size that differs is corrected',
        before: [
          'gnt-node modify-storage --allocatable=yes node2 lvm-pv /dev/sda3',
          "ssh node2 'lvextend -L 512M $(lvs --noheadings --separator=: -o lv_full_name,tags | grep instance1.example | cut -d: -f1)'",
        ],
        shows: [/Disk 0 of instance instance1\S* has mismatched size, correcting: recorded 128, actual 512/],
      },
    ],
  },
  {
    section: 'Configuration redistribution',
    steps: [{ command: 'gnt-cluster redist-conf', see: 'it is silent', hides: [/\S/] }],
  },
  {
    section: 'Cluster renaming',
    steps: [
      {
        command: 'gnt-cluster rename cluster.example.com',
        see: 'after a question, it is refused: nothing would change',
        typed: 'y\n',
        exit: 1,
        shows: [
          /This will rename the cluster (from|to) /,
          /Neither the name nor the IP address of the cluster has changed/,
        ],
      },
    ],
  },
  {
    section: 'Queue operations',
    steps: [
      { command: 'gnt-cluster queue info', see: 'the queue is open', shows: [/The drain flag is unset/] },
      { command: 'gnt-cluster queue drain', see: 'it is silent' },
      {
        command: 'gnt-instance stop instance1',
        see: 'no job is accepted',
        exit: 1,
        shows: [/Queue drained|Job queue is drained/],
      },
      { command: 'gnt-cluster queue info', see: 'the queue is closed', shows: [/The drain flag is set/] },
      {
        command: 'gnt-cluster queue undrain',
        see: 'it is open again',
        after: 'gnt-cluster queue info | grep unset',
      },
    ],
  },
  {
    section: 'Watcher control',
    steps: [
      { command: 'gnt-cluster watcher info', see: 'it runs', shows: [/The watcher is not paused/] },
      { command: 'gnt-cluster watcher pause 1h', see: 'it is paused', shows: [paused] },
      { command: 'gnt-cluster watcher info', see: 'it is paused', shows: [paused] },
      { command: 'ganeti-watcher -d', see: 'it does nothing', shows: [/Pause has been set, exiting/] },
      { command: 'gnt-cluster watcher continue', see: 'it runs again', shows: [/The watcher is no longer paused/] },
      {
        command: 'ganeti-watcher -d',
        see: 'it archives jobs and looks after the instances',
        shows: [/Archived \d+ jobs, left \d+/, /Updating instance status file/, /no offline disks/],
      },
      { command: 'gnt-cluster watcher info', see: 'it runs', shows: [/The watcher is not paused/] },
    ],
  },
];

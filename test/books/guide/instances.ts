import type { Section } from '../step.ts';

const started = [/running the instance OS create scripts/, /starting instance/];
const status = (name: string, wanted: string) =>
  `[ "$(gnt-instance list --no-headers -o status ${name})" = ${wanted} ]`;

export const instances: readonly Section[] = [
  {
    section: 'Ganeti terminology: Tags',
    steps: [
      {
        command: 'gnt-instance add -t plain -o debootstrap -s 128m -n node1 instance1',
        see: 'the instance is created',
        // The cluster gets its replication network later. The second node will lose its other disk.
        before: [
          'gnt-node modify --force -s 198.18.1.1 node1',
          'for i in 2 3 4 5; do gnt-node modify -s 198.18.1.$i node$i || exit; done',
          "ssh node2 'pvchange -x n /dev/sdb1'",
        ],
        shows: started,
      },
      {
        command: 'gnt-instance add-tags instance1 owner:user2',
        see: 'it has the tag',
        after: 'gnt-instance list -o name,tags | grep "instance1.*owner:user2"',
      },
    ],
  },
  {
    section: 'Adding an instance',
    steps: [
      {
        command: 'gnt-instance add -n node1:node3 -o debootstrap -t drbd -s 1G instance2',
        see: 'the instance is created on two nodes',
        shows: [/disks are in sync/, ...started],
      },
      {
        command: 'gnt-instance add -n node1:node3 -o debootstrap -t drbd -s 50G instance3',
        see: 'a large disk is created, too',
        shows: [/disks are in sync/, ...started],
        after: 'gnt-instance info instance3 | grep "disk/0: drbd, size 50.0G"',
      },
    ],
  },
  {
    section: 'Regular instance operations: Removal',
    steps: [
      {
        command: 'gnt-instance remove instance3',
        see: 'after a question, the instance is removed',
        typed: 'y\n',
        shows: [/This will remove the volumes of the instance instance3/],
        after: '! gnt-instance list instance3',
      },
    ],
  },
  {
    section: 'Startup/shutdown',
    steps: [
      {
        command: 'gnt-instance startup instance2',
        see: 'the instance runs',
        before: ['gnt-instance shutdown instance2'],
        after: status('instance2', 'running'),
      },
      {
        command: 'gnt-instance modify --online instance2',
        see: 'an instance that was offline can be started',
        before: ['gnt-instance shutdown instance2', 'gnt-instance modify --offline instance2'],
        after: status('instance2', 'ADMIN_down'),
      },
      {
        command: 'gnt-instance shutdown instance2',
        see: 'the instance stops',
        before: ['gnt-instance startup instance2'],
        after: status('instance2', 'ADMIN_down'),
      },
      {
        command: 'gnt-instance modify --offline instance2',
        see: 'it is marked offline',
        after: status('instance2', 'ADMIN_offline'),
      },
    ],
  },
  {
    section: 'Querying instances',
    steps: [
      {
        command: 'gnt-instance list',
        see: 'all instances with their nodes and states',
        shows: [/^instance1\S* +fake +debootstrap +node1\S* +running +128M$/m, /^instance2.* ADMIN_offline +-$/m],
      },
      {
        command: 'gnt-instance info instance2',
        see: 'its disks with their nodes',
        shows: [/Instance name: instance2/, /disk\/0: drbd/, /nodeB:? .*node3/],
      },
    ],
  },
  {
    section: "Changing an instance's runtime memory",
    steps: [
      {
        command: 'gnt-instance modify -m 100M instance2',
        see: 'the running instance has less memory',
        before: [
          'gnt-instance modify --online instance2',
          'gnt-instance modify -B minmem=64M instance2',
          'gnt-instance startup instance2',
        ],
        after: '[ "$(gnt-instance list --no-headers -o oper_ram instance2)" = 100M ]',
      },
    ],
  },
  {
    section: 'Export/Import',
    steps: [
      {
        command: 'gnt-backup export -n node4 instance2',
        see: 'the instance is exported from a snapshot',
        shows: [/Creating a snapshot of disk\/0/, /Finalizing export on node4/],
        after: 'gnt-backup list | grep "node4.*instance2"',
      },
      {
        command:
          'gnt-backup import -n node1 --src-node=node4 --src-dir=/var/lib/ganeti/export/instance2.example.com instance2',
        see: 'the instance is there again',
        before: ['gnt-instance remove -f instance2'],
        shows: [/running the instance OS import scripts/],
      },
    ],
  },
  {
    section: 'Import of foreign instances',
    steps: [
      {
        command: 'gnt-instance add -t plain -n node2 -o debootstrap --disk 0:adopt=lv_name,vg=xenvg instance14',
        see: 'a volume that was there becomes the disk of the instance',
        before: ["ssh node2 'lvcreate -n lv_name -L 128M xenvg'"],
        shows: [/starting instance/],
        hides: [/create scripts/],
        after: "! ssh node2 'lvs xenvg/lv_name'",
      },
    ],
  },
];

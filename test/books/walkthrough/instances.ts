import type { Section } from '../step.ts';

const made = [
  /creating instance disks/,
  /disks are in sync/,
  /running the instance OS create scripts/,
  /starting inst/,
];
const running = (name: string, node: string) =>
  new RegExp(`^${name}\\S* +fake +debootstrap +${node}\\S* +running +128M$`, 'm');

/** The other instances, which the document has too. */
const add = (name: string, nodes: string) => `gnt-instance add -t drbd -o debootstrap -s 256m -n ${nodes} ${name}`;

export const instances: readonly Section[] = [
  {
    section: 'Creation',
    steps: [
      {
        command: 'gnt-instance add -t drbd -o debootstrap -s 256m instance1',
        see: 'hail chooses two nodes, the disks are mirrored, and the instance starts',
        // The second node has all volumes on the disk that will fail.
        before: ["ssh node2 'pvchange -x n /dev/sda3'"],
        shows: [/Selected nodes for instance instance1\S* via iallocator hail: node\S+, node/, ...made],
      },
      {
        command: 'gnt-instance add -t drbd -o debootstrap -s 256m -n node1:node2 instance2',
        see: 'the disks are mirrored, and the instance starts',
        shows: made,
      },
      {
        command: 'gnt-instance list',
        see: 'five instances run',
        before: [add('instance3', 'node1:node2'), add('instance4', 'node3:node1'), add('instance5', 'node2:node3')],
        shows: [running('instance1', 'node\\d'), running('instance2', 'node1'), running('instance4', 'node3')],
      },
    ],
  },
  {
    section: 'Accessing instances',
    steps: [
      {
        command: 'gnt-instance console instance2',
        see: 'the console shows messages of the start, and asks for a name',
        input: '\n\u001d',
        shows: [/\[ +0\.000000\] /, /instance2 login:/],
      },
      {
        command: 'fping instance{1..5}',
        see: 'all instances answer',
        shows: [1, 2, 3, 4, 5].map((number) => new RegExp(`^instance${number} is alive$`, 'm')),
      },
    ],
  },
  {
    section: 'Removal',
    steps: [
      {
        command: 'gnt-instance remove instance5',
        see: 'after a question, the instance is removed with its volumes',
        typed: 'y\n',
        shows: [/This will remove the volumes of the instance instance5/],
        after: '! gnt-instance list instance5 && ! gnt-node volumes | grep instance5',
      },
    ],
  },
];

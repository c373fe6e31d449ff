import type { Section } from '../step.ts';

const at = (name: string, node: string) =>
  `gnt-instance list --no-headers -o pnode,status ${name} | grep "^${node}.*running"`;

/** Takes the place of an instance of the template rbd: all nodes have its disk. */
const shared = 'gnt-instance add -t sharedfile -o debootstrap -s 64m -n node1 instance5';

export const availability: readonly Section[] = [
  {
    section: 'Failing over an instance',
    steps: [
      {
        command: 'gnt-instance failover instance4',
        see: 'the instance runs on its secondary node',
        typed: 'y\n',
        before: ['gnt-instance add -t drbd -o debootstrap -s 128m -n node1:node2 instance4'],
        shows: [/deactivating the instance's disks on source node/, /starting the instance on the target node/],
        after: at('instance4', 'node2'),
      },
      {
        command: 'gnt-instance failover -n node3 instance5',
        see: 'an instance whose disk all nodes have runs on the given node',
        typed: 'y\n',
        before: [shared],
        shows: [/starting the instance on the target node/],
        after: at('instance5', 'node3'),
      },
    ],
  },
  {
    section: 'Live migrating an instance',
    steps: [
      {
        command: 'gnt-instance migrate instance4',
        see: 'the instance moves to its secondary node, and runs all the time',
        typed: 'y\n',
        shows: [/changing disks into dual-master mode/, /memory transfer complete/, /\* done/],
        after: at('instance4', 'node1'),
      },
      {
        command: 'gnt-instance migrate -n node2 instance5',
        see: 'an instance whose disk all nodes have moves to the given node',
        typed: 'y\n',
        shows: [/memory transfer complete/],
        after: at('instance5', 'node2'),
      },
    ],
  },
  {
    section: 'Moving an instance (offline)',
    steps: [
      {
        command: 'gnt-instance move -n node2 instance1',
        see: 'the disk is copied, and removed from the node where it was',
        typed: 'y\n',
        before: ['gnt-instance shutdown instance1'],
        shows: [/Exporting disk\/0 from node1/, /Removing the disks on the original node/],
        after: 'gnt-instance list --no-headers -o pnode instance1 | grep node2',
      },
    ],
  },
];

import type { Section } from '../step.ts';

const drbd = (name: string) => [
  new RegExp(`Instance name: ${name}`),
  /disk\/0: drbd8?, size 256M/,
  /on primary: .*\/dev\/drbd\d+ \(147:\d+\) in sync, status \*?DEGRADED\*?/,
  /child 0: (lvm|plain), size 256M/,
  /child 1: (lvm|plain), size 128M/,
];
const outcome = (name: string, primaries: number, secondaries: number) =>
  new RegExp(`^${name}\\S* +1\\.3T +1\\.3T +32\\.0G +\\S+ +\\d+\\.\\dG +${primaries} +${secondaries}$`, 'm');

export const nodeFailure: readonly Section[] = [
  {
    section: 'Recovering from node failure',
    steps: [
      {
        command: 'gnt-node info node3',
        see: 'the node that will fail has one primary and one secondary instance',
        // As in the document, the second node has the primary of instance1. instance8 is for the second failover.
        before: [
          'at() { gnt-instance list --no-headers -o $1 instance1 | grep -q $2; }; ' +
            'at pnode node2 || at snodes node2 || gnt-instance replace-disks -n node2 instance1; ' +
            'at pnode node2 || gnt-instance migrate -f instance1; ' +
            'at snodes node3 || gnt-instance replace-disks -n node3 instance1',
          'gnt-instance add -t drbd -o debootstrap -s 64m -n node3:node1 instance8',
        ],
        shows: [
          /Node name: node3/,
          /master candidate: True/,
          /offline: False/,
          /primary for instances:\s+- instance4/,
          /secondary for instances:\s+- instance1/,
        ],
      },
      {
        command: 'fping node3',
        see: 'the node does not answer: it has lost its power',
        before: ['fping node3', '/usr/lib/vcluster-box/oob power-off node3'],
        exit: 1,
        shows: [/^node3 is unreachable$/m],
      },
      {
        command: 'fping instance{1,4}',
        see: 'the instance of the lost node does not answer, the other one does',
        exit: 1,
        shows: [/^instance1 is alive$/m, /^instance4 is unreachable$/m],
      },
      {
        command: 'gnt-instance info instance4',
        see: 'Ganeti cannot ask the node',
        exit: 1,
        shows: [/Error checking node node3/],
      },
      {
        command: 'gnt-node modify -O yes -f node3',
        see: 'the node is marked offline, with warnings',
        shows: [/Communication failure to node/, /offline -> True/, /master_candidate -> (False|auto-demotion)/],
      },
      {
        command: 'gnt-instance failover instance4',
        see: 'the instance starts on its other node; newer versions than that of the document do not refuse this',
        typed: 'y\n',
        shows: [
          /checking disk consistency/,
          /is offline, ignoring degraded disk/,
          /starting the instance on the target/,
        ],
      },
      {
        command: 'gnt-instance failover --ignore-consistency instance8',
        see: 'after a second question, another instance starts on its other node',
        typed: 'y\ny\n',
        shows: [
          /shutting down instance on source node/,
          /Node is marked offline/,
          /starting the instance on the target/,
        ],
        after: 'gnt-instance list --no-headers -o pnode,status instance8 | grep "node1.*running"',
      },
      {
        command: 'gnt-instance list',
        see: 'all instances run, none on the lost node',
        shows: [1, 2, 3, 4].map((number) => new RegExp(`^instance${number}.* node[12]\\S* +running +128M$`, 'm')),
        hides: [/node3/],
      },
      {
        command: 'gnt-instance info instance1',
        see: 'its disk is degraded',
        shows: drbd('instance1'),
      },
      {
        command: 'gnt-node evacuate -I hail node3',
        see: 'the instances get another secondary node',
        status: 'adapted',
        reason: "The documents' own mistakes",
        instead: 'gnt-node evacuate -s -I hail node3',
        before: ['gnt-instance remove -f instance8'],
        typed: 'y\n',
        shows: [/Relocate instance\(s\) instance1\S*, instance4/, /All instances evacuated successfully/],
      },
      {
        command: 'gnt-node list',
        see: 'the node has no instances any more',
        shows: [outcome('node1', 3, 1), outcome('node2', 1, 3), /^node3\S* +[?*] +[?*] +[?*] +[?*] +[?*] +0 +0$/m],
      },
    ],
  },
  {
    section: 'Re-adding a node to the cluster',
    steps: [
      {
        command: 'gnt-node add --readd node3',
        see: 'the node is part of the cluster again',
        before: ['/usr/lib/vcluster-box/oob power-on node3'],
        shows: [/Readding a node, the offline\/drained flags were reset/, /Node will be a master candidate/],
      },
      {
        command: 'gnt-node list',
        see: 'all nodes answer',
        shows: [outcome('node1', 3, 1), outcome('node2', 1, 3), outcome('node3', 0, 0)],
      },
    ],
  },
];

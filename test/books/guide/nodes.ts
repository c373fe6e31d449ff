import type { Section } from '../step.ts';
import { replication } from './networks.ts';

const role = (node: string, wanted: string) => `[ "$(gnt-node list --no-headers -o role ${node})" = ${wanted} ]`;
const empty = (node: string, field: string) => `[ "$(gnt-node list --no-headers -o ${field} ${node})" -eq 0 ]`;

export const nodes: readonly Section[] = [
  {
    section: 'Add/readd',
    steps: [
      {
        command: 'gnt-node add node5',
        see: 'the node is part of the cluster',
        before: ['gnt-network disconnect test nodegroup1 && gnt-group remove nodegroup1', 'gnt-node remove node5'],
        after: 'gnt-node list node5',
      },
      {
        command: 'gnt-node add --readd node4',
        see: 'the node is set up again',
        shows: [/Readding a node, the offline\/drained flags were reset/],
        after: "ssh node4 'pgrep -u root -f ganeti-noded'",
      },
    ],
  },
  {
    section: 'Failing over the master node',
    steps: [
      {
        command: 'gnt-cluster master-failover',
        see: 'the node on which it runs is the master',
        on: 'node2',
        after: 'gnt-cluster getmaster | grep node2',
      },
    ],
  },
  {
    section: 'Changing between the other roles',
    steps: [
      {
        command: 'gnt-node modify -C yes node5',
        see: 'the node is a master candidate',
        before: ["ssh node1 'gnt-cluster master-failover'", 'gnt-node modify -C no --force node5'],
        shows: [/master_candidate -> True/],
        after: role('node5', 'C'),
      },
      {
        command: 'gnt-node modify -D yes node5',
        see: 'the node is drained',
        shows: [/drained -> True/],
        after: role('node5', 'D'),
      },
      {
        command: 'gnt-node modify -O yes node5',
        see: 'the node is offline',
        shows: [/offline -> True/],
        after: role('node5', 'O'),
      },
      {
        command: 'gnt-node modify -O no -D no -C no node5',
        see: 'after a question, the node is a regular one',
        typed: 'y\n',
        // Otherwise the node becomes a master candidate: there are fewer than the ten that the cluster wants.
        before: ['gnt-cluster modify --candidate-pool-size 4'],
        shows: [/offline -> False/],
        after: role('node5', 'R'),
      },
    ],
  },
  {
    section: 'Primary instance conversion',
    steps: [
      {
        command: 'gnt-node migrate node1',
        see: 'the instances run on their secondary nodes',
        typed: 'y\n',
        // Others than mirrored ones do not migrate.
        before: ['for i in instance2 instance15; do gnt-instance remove -f $i; done'],
        shows: [/Migrate instance\(s\) .*instance4/, /All instances migrated successfully/],
        after: empty('node1', 'pinst_cnt'),
      },
      {
        command: 'gnt-node evacuate -s node1',
        see: 'no instance has its secondary there',
        typed: 'y\n',
        shows: [/Relocate instance\(s\) .*instance4/],
        after: empty('node1', 'sinst_cnt'),
      },
    ],
  },
  {
    section: 'Secondary instance evacuation',
    steps: [
      {
        command: 'gnt-node evacuate -I hail node4',
        see: 'hail chooses another node',
        status: 'adapted',
        reason: "The documents' own mistakes",
        instead: 'gnt-node evacuate -s -I hail node4',
        typed: 'y\n',
        after: empty('node4', 'sinst_cnt'),
      },
      {
        command: 'gnt-node evacuate -n node4 node1',
        see: 'the instances have their secondary on the given node',
        typed: 'y\n',
        before: ['gnt-instance replace-disks -n node1 instance6 || true'],
        after: 'gnt-instance list --no-headers -o snodes instance6 | grep node4',
      },
    ],
  },
  {
    section: 'Node operations: Removal',
    steps: [
      {
        command: 'gnt-node remove node5',
        see: 'the node is not part of the cluster any more',
        before: ['gnt-node evacuate -f -n node2 node5'],
        after: '! gnt-node list node5',
      },
    ],
  },
  replication,
];

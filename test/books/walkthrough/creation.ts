import type { Section } from '../step.ts';

const nodes = (...names: string[]) =>
  names.map((name) => new RegExp(`^${name}\\S* +1\\.3T +1\\.3T +32\\.0G +\\d\\S+ +\\d+\\.\\dG +0 +0$`, 'm'));
const clean = [/ERROR/, /WARNING/];
const verified = [/Verifying orphan volumes/, /Verifying N\+1 Memory redundancy/, /Hooks Results/];

export const creation: readonly Section[] = [
  {
    section: 'Cluster creation',
    steps: [
      {
        command: 'gnt-cluster init -s 192.0.2.1 --enabled-hypervisors=xen-pvm example-cluster',
        see: 'the cluster exists already, as up has created it',
        exit: 1,
        shows: [/Cluster is already initialised/],
        status: 'no',
        reason: 'What `up` has already done',
      },
      {
        command: 'gnt-node list',
        see: 'the first node is there, with nothing on it',
        // What is left of the other nodes is what a prepared machine has.
        before: ['gnt-node remove node2', 'gnt-node remove node3'],
        shows: nodes('node1'),
        hides: [/node[23]/],
      },
      { command: 'gnt-cluster verify', see: 'there are no errors', shows: verified, hides: clean },
      {
        command: 'gnt-node add -s 192.0.2.2 node2',
        see: 'the node is part of the cluster',
        shows: [/Node will be a master candidate/],
        after: 'gnt-node list --no-headers -o sip node2 | grep -x 192.0.2.2',
      },
      {
        command: 'gnt-node add -s 192.0.2.3 node3',
        see: 'the node is part of the cluster',
        shows: [/Node will be a master candidate/],
        after: 'gnt-node list --no-headers -o sip node3 | grep -x 192.0.2.3',
      },
      { command: 'gnt-node list', see: 'three nodes are there', shows: nodes('node1', 'node2', 'node3') },
      { command: 'gnt-cluster verify', see: 'there are no errors', shows: verified, hides: clean },
      { command: 'gnt-os list', see: 'the operating system is there', shows: [/^debootstrap$/m] },
    ],
  },
  {
    section: 'Running a burn-in',
    steps: [
      {
        command: '/usr/lib/ganeti/tools/burnin -o debootstrap -p instance1',
        see: 'it does all that can be done with an instance except for removing a disk, and removes it',
        status: 'adapted',
        reason: 'Other hypervisors',
        instead: '/usr/lib/ganeti/tools/burnin --no-add-disks -o debootstrap -p instance1',
        shows: [
          /^- Creating instances/m,
          /run replace_on_secondary/,
          /run replace_on_primary/,
          /run replace_new_secondary node/,
          /increase disk\/0 by 128 MB/,
          /^- Failing over instances/m,
          /migration and migration cleanup/,
          /export to node node/,
          /import from node/,
          /reinstall specifying the OS/,
          /reboot with type 'full'/,
          /removing last NIC/,
          /deactivate disks \(when offline\)/,
          /^- Stopping and starting instances/m,
          /^- Removing instances/m,
        ],
        hides: [/^Error/m, /Traceback/],
        after: '[ -z "$(gnt-instance list --no-headers)" ]',
      },
    ],
  },
];

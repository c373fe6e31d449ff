import type { Section } from '../step.ts';

/** Brings an orphan volume of the failed node back into use, as on a machine that has not been reinstalled. */
const attach = (minor: number) =>
  `set -- $(lvs --noheadings -o lv_name xenvg | grep _data); eval data=\\$${minor + 1}; ` +
  `drbdsetup new-resource left${minor} && drbdsetup new-minor left${minor} ${minor} 0 && ` +
  `drbdsetup attach ${minor} $GANETI_ROOTDIR/dev/xenvg/$data $GANETI_ROOTDIR/dev/xenvg/\${data%_data}_meta 0`;

export const problems: readonly Section[] = [
  {
    section: 'Common cluster problems',
    steps: [
      {
        command: 'gnt-cluster verify',
        see: 'it finds what the failed node still has: minors, a running instance, volumes',
        before: [
          `ssh node3 '${attach(0)}'`,
          `ssh node3 '${attach(1)}'`,
          'name=$(gnt-instance list --no-headers -o name,pnode instance4); set -- $name; ' +
            'from=/srv/vcluster/$2/var/run/ganeti/fake-hypervisor/$1; cp $from ${from/$2/node3.example.com}',
        ],
        exit: 1,
        shows: [
          /node node3\S*: unallocated drbd minor 0 is in use/,
          /node node3\S*: unallocated drbd minor 1 is in use/,
          /instance instance4\S*: instance should not run on node node3/,
          /node node3\S*: volume \S+_data is unknown/,
          /node node3\S*: volume \S+_meta is unknown/,
        ],
      },
    ],
  },
  {
    section: 'Instance status',
    steps: [
      {
        command: 'xm destroy instance4',
        see: 'the stray instance is gone',
        on: 'node3',
        status: 'adapted',
        reason: 'Other hypervisors',
        instead: 'rm $GANETI_ROOTDIR/var/run/ganeti/fake-hypervisor/instance4.example.com',
        after: '! gnt-cluster verify | grep "should not run"',
      },
    ],
  },
  {
    section: 'Unallocated DRBD minors',
    steps: [
      { command: 'ssh node3', see: 'the shell is on the other node', typed: 'hostname\nexit\n', shows: [/^node3\./m] },
      { command: 'drbdsetup /dev/drbd0 down', see: 'the minor is gone', on: 'node3' },
      {
        command: 'drbdsetup /dev/drbd1 down',
        see: 'the minor is gone',
        on: 'node3',
        after: '! gnt-cluster verify | grep "unallocated drbd"',
      },
    ],
  },
  {
    section: 'Orphan volumes',
    steps: [
      { command: 'ssh node3', see: 'the shell is on the other node', typed: 'hostname\nexit\n', shows: [/^node3\./m] },
      {
        command: 'lvremove xenvg',
        see: 'it asks for each volume, and removes it',
        on: 'node3',
        typed: 'y\n'.repeat(6),
        shows: [
          /Do you really want to remove active logical volume "?\S+_data"?\? \[y\/n\]/,
          /(Logical volume "\S+" successfully removed[^]*){6}/,
        ],
      },
      {
        command: 'gnt-cluster verify',
        see: 'there are no errors',
        shows: [/Verifying orphan volumes/, /Hooks Results/],
        hides: [/ERROR/],
      },
    ],
  },
];

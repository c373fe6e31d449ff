import type { Section } from '../step.ts';

/** Cuts a secondary address off, from all nodes and from its own. */
const cut = (address: string) =>
  `ip rule add pref 9 lookup local && ip rule del pref 0 && ` +
  `ip rule add pref 7 to ${address} prohibit && ip rule add pref 8 from ${address} prohibit`;
const mend = 'ip rule add pref 0 lookup local && for pref in 7 8 9; do ip rule del pref $pref; done';

export const furtherProblems: readonly Section[] = [
  {
    section: 'N+1 errors',
    steps: [
      {
        command: 'gnt-instance modify -B memory=4G instance1',
        see: 'the memory is changed, from the next start on',
        shows: [/be\/memory -> 4096/, /take effect only at the next \(re\)start/],
      },
      {
        command: 'for i in instance{2..4}; do gnt-instance modify -B memory=4G $i; done',
        see: 'so is that of the others',
      },
      {
        command: 'gnt-instance add -t drbd -n node2:node3 -s 512m -B memory=8G -o debootstrap instance5',
        see: 'the instance is created',
        shows: [/disks are in sync/],
      },
      {
        command: 'gnt-instance add -t drbd -n node2:node3 -s 512m -B memory=8G -o debootstrap instance6',
        see: 'the instance is created',
        shows: [/disks are in sync/],
      },
      {
        command: 'gnt-instance add -t drbd -n node1:node2 -s 512m -B memory=8G -o debootstrap instance7',
        see: 'the instance is created',
        shows: [/disks are in sync/],
      },
      {
        command: 'gnt-instance reboot --all',
        see: 'after a question, all instances start again',
        typed: 'y\n',
        shows: [/The reboot will operate on 7 instances/, /instance7/, /Waiting for job/],
      },
      {
        command: 'gnt-node list',
        see: 'the memory of the instances is taken',
        shows: [/^node1.* 1?\d\.\dG +4 +1$/m, /^node2.* 1\d\.\dG +3 +4$/m, /^node3.* 3\d\.\dG +0 +2$/m],
      },
      {
        command: 'gnt-cluster verify',
        see: 'one node could not take over the instances of another',
        exit: 1,
        shows: [/node node2\S*: not enough memory to accomm?odate instance failovers should node node1\S* fail/],
      },
    ],
  },
  {
    section: 'Network issues',
    steps: [
      {
        command: 'gnt-cluster verify',
        see: 'nothing: Ganeti 3 tests the secondary address only of a node whose primary one fails',
        status: 'no',
        reason: "The documents' own mistakes",
        before: [cut('192.0.2.3'), '! fping 192.0.2.3', 'fping 192.0.2.2'],
        exit: 1,
        shows: [/Verifying node status/],
        hides: [/tcp communication/],
      },
    ],
  },
  {
    section: 'Migration problems',
    steps: [
      {
        command: 'gnt-instance migrate --cleanup instance1',
        see: 'the instance is found where it runs, and its disks are put in order',
        typed: 'y\n',
        before: [mend],
        shows: [
          /will be recovered from a failed migration/,
          /instance confirmed to be running on its primary node/,
          /closing instance disks on node/,
          /changing disks into single-master mode/,
          /\* done/,
        ],
      },
    ],
  },
  {
    section: 'In use disks at instance shutdown',
    steps: [
      {
        command: 'gnt-instance shutdown instance1',
        see: 'a warning says that the device is held open',
        shows: [/Could not shutdown block device disk\/0 on node/, /Device is held open by someone/],
        before: [
          'device=$(gnt-instance info instance1 | grep -o "on primary: .*/dev/drbd[0-9]*" | cut -d " " -f 3); ' +
            'setsid tail -f /dev/null <$device >/dev/null 2>&1 & echo $! >/root/holder',
        ],
        after: 'kill $(cat /root/holder)',
      },
      {
        command: 'xenstore-ls /local/domain/0/backend/vbd | grep -e "domain =" -e physical-device',
        see: 'there is no Xen',
        status: 'no',
        reason: 'Other hypervisors',
        exit: 1,
        shows: [/xenstore-ls: command not found/],
      },
    ],
  },
  {
    section: 'LUXI version mismatch',
    steps: [
      {
        command: 'gnt-node modify -O yes node3',
        see: 'the versions are the same, so the request is understood',
        shows: [/offline -> True/],
        hides: [/LUXI version mismatch/],
      },
      {
        command: "python -c 'import ganeti; print(ganeti.__file__)'",
        see: 'the path of the modules',
        shows: [/^\/usr\/share\/ganeti\/\S+\/ganeti\/__init__\.py$/m],
      },
    ],
  },
];

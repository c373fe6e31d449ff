import type { Section } from '../step.ts';

const own = {
  status: 'no',
  reason: "The documents' own mistakes",
  exit: 1,
  shows: [/Wrong number of arguments|expect|no .*argument/i],
} as const;
const yes = (flag: string, values: readonly string[]) =>
  values.map((value, index) => new RegExp(`^node${index + 1}\\S* +${value}$`, 'm')).concat(new RegExp(flag));

export const tagsAndJobs: readonly Section[] = [
  {
    section: 'Tags handling: Operations',
    steps: [
      {
        command: 'gnt-instance add-tags instance1 a b c',
        see: 'the instance has them',
        after: 'gnt-instance list-tags instance1 | grep c',
      },
      {
        command: 'gnt-node add-tags node1 a b c',
        see: 'the node has them',
        after: 'gnt-node list-tags node1 | grep c',
      },
      { command: 'gnt-cluster add-tags a b c', see: 'the cluster has them', after: 'gnt-cluster list-tags | grep c' },
      {
        command: 'gnt-instance remove-tags instance1 a b c',
        see: 'the instance has its first tag only',
        after: '[ "$(gnt-instance list-tags instance1)" = owner:user2 ]',
      },
      { command: 'gnt-instance list-tags', see: 'the name of the instance is missing', ...own },
      { command: 'gnt-node list-tags', see: 'the name of the node is missing', ...own },
      { command: 'gnt-cluster list-tags', see: 'the tags of the cluster', shows: [/^a$/m, /^b$/m, /^c$/m] },
    ],
  },
  {
    section: 'Global tag search',
    steps: [
      {
        command: 'gnt-cluster search-tags o',
        see: 'each tag with that letter, and what has it',
        before: ['gnt-cluster add-tags foo'],
        shows: [/^\/cluster foo$/m, /^\/instances\/instance1\S* owner:user2$/m],
      },
    ],
  },
  {
    section: 'Job operations',
    steps: [
      {
        command: 'gnt-job list',
        see: 'jobs with their state and what they do',
        shows: [/^ *\d+ success CLUSTER_REDIST_CONF$/m, /^ *\d+ error +CLUSTER_RENAME\(cluster\.example\.com\)$/m],
      },
      {
        command: "gnt-job info $(gnt-job list --no-headers | awk '/CLUSTER_RENAME/ { print $1 }')",
        see: 'what the job got, when it ran, and how it ended',
        shows: [/Status: error/, /OP_CLUSTER_RENAME/, /Neither the name nor the IP address of the cluster has changed/],
      },
      {
        command: 'gnt-instance add --submit -t drbd -o debootstrap -s 1G instance17',
        see: 'it prints the number of the job, and does not wait',
        shows: [/JobID: \d+/],
      },
      {
        command: "gnt-job watch $(gnt-job list --no-headers | awk '/INSTANCE_CREATE/ { job = $1 } END { print job }')",
        see: 'the messages of the job until it ends',
        shows: [/Output from job \d+ follows/, /Selected nodes for instance instance17/, /starting instance/],
      },
      {
        command: 'gnt-job cancel $(cat /root/waiting)',
        see: 'a job that waits does not run',
        before: [
          'gnt-debug delay --submit -n node1 30 2>&1 | grep -o "[0-9]*" >/root/running',
          'until gnt-job list $(cat /root/running) | grep -q running; do :; done',
          'gnt-debug delay --submit -n node1 30 2>&1 | grep -o "[0-9]*" >/root/waiting',
        ],
        after: 'gnt-job list --no-headers $(cat /root/waiting) | grep canceled',
      },
      {
        command: 'gnt-job cancel $(cat /root/running)',
        see: 'a job that runs cannot be cancelled',
        exit: 1,
        shows: [/Job no longer waiting, can't cancel/],
      },
    ],
  },
  {
    section: 'Running Ganeti under Ganeti',
    steps: [
      {
        command: 'gnt-node modify --vm-capable=no node4',
        before: ['for i in instance4 instance6 instance17; do gnt-instance remove -f $i; done'],
        see: 'the node takes no instances',
        shows: [/vm_capable -> False/],
      },
      {
        command: 'gnt-node list -oname,vm_capable',
        see: 'so it is listed',
        shows: yes('VMCapable', ['Y', 'Y', 'Y', 'N']),
      },
    ],
  },
  {
    section: 'Multi-site model',
    steps: [
      {
        command: 'gnt-node modify --auto-promote --master-capable=no node3',
        see: 'the node is no master candidate any more',
        shows: [/Demoting from master candidate/, /master_capable -> False/, /master_candidate -> False/],
      },
      {
        command: 'gnt-node list -oname,master_capable node1 node2 node3',
        see: 'so it is listed',
        shows: yes('MasterCapable', ['Y', 'Y', 'N']),
      },
    ],
  },
];

import type { Section } from '../step.ts';

export const networks: readonly Section[] = [
  {
    section: 'Hands on with gnt-network',
    steps: [
      {
        command: 'gnt-network add --network=192.0.2.0/24 --gateway=192.0.2.1 test',
        see: 'the network is there',
        after: 'gnt-network list -o name,network,gateway | grep "test.*192.0.2.0/24.*192.0.2.1"',
      },
      {
        command: 'gnt-network connect --nic-parameters mode=bridged,link=br100 test default nodegroup1',
        see: 'both node groups have it',
        before: ['gnt-group add nodegroup1'],
        after: 'gnt-network info test | grep nodegroup1',
      },
      {
        command: 'gnt-instance modify --net -1:add,ip=pool,network=test instance14',
        see: 'the instance has one more address of that network, at which it answers after its next start',
        shows: [/Modified instance instance14/],
        after: 'gnt-instance list --no-headers -o nic.ips,nic.networks.names instance14 | grep ",192.0.2.2 .*test"',
      },
      {
        command: 'gnt-instance modify --net -1:ip=none,network=test1 instance14',
        see: 'the NIC is in the other network, and has no address',
        before: [
          'gnt-instance reboot instance14 && fping 192.0.2.2',
          'gnt-network add --network=203.0.113.0/24 test1',
          'gnt-network connect --nic-parameters mode=bridged,link=br100 test1 default',
        ],
        shows: [/Modified instance instance14/],
        after:
          'gnt-network info test1 | grep instance14 && ! gnt-network info test | grep instance14 && ' +
          '! gnt-instance list --no-headers -o nic.ips instance14 | grep 192.0.2.2',
      },
    ],
  },
];

const address = (number: number) => `198.51.100.${number}`;
const has = (number: number) => `gnt-node list --no-headers -o sip node${number} | grep -x ${address(number)}`;
const other = (number: number) =>
  ({
    command: `gnt-node modify -s ${address(number)} node${number}`,
    see: 'the node has the address for replication',
    shows: [/Modified node node/, new RegExp(`secondary_ip -> ${address(number)}`)],
    after: has(number),
  }) as const;

export const replication: Section = {
  section: 'Replication network changes',
  steps: [
    {
      command: `gnt-node modify --force -s ${address(1)} node1`,
      see: 'the master has the address for replication, and the others need one',
      before: ['gnt-instance shutdown instance4', 'gnt-instance shutdown instance6'],
      shows: [/Transitioning from single-homed to multi-homed/, /secondary_ip -> 198\.51\.100\.1/],
      after: has(1),
    },
    other(2),
    other(3),
    other(4),
  ],
};

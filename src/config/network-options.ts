import * as patterns from './patterns.ts';
import type { Problem } from './problems.ts';
import { overlaps, subnet, subnetProblem } from './subnet.ts';
import { list, type Option, pattern, type Scalar, scalar } from './values.ts';

/** A bridge of every node, for the network interfaces of instances. */
export interface Bridge {
  readonly name: string;
  /** the network of the instances that are linked to it, in CIDR notation */
  readonly subnet?: string;
}

/** `NAME` or `NAME=CIDR`. */
const bridge: Scalar<Bridge> = {
  ...scalar('NAME or NAME=CIDR, such as br100=192.0.2.0/24', [pattern(patterns.bridge)], parseBridge),
  format: ({ name, subnet }: Bridge) => (subnet === undefined ? name : `${name}=${subnet}`),
  explain: (text) => subnetProblem(text.replace(/^[^=]*=/, '')),
};

/** The part of `clusterOptions` for the networks in a cluster. */
export const networkOptions = {
  subnet: {
    flag: '--subnet <cidr>',
    help: 'IPv4 subnet for the addresses in the cluster',
    value: subnet,
    default: '198.18.0.0/16',
  },
  secondarySubnet: {
    flag: '--secondary-subnet <cidr>',
    help: "IPv4 subnet for the nodes' secondary addresses, which makes the cluster dual-homed",
    note: 'The first node has its first address, the second node its second one, and so on.',
    value: subnet,
    examples: ['192.0.2.0/24'],
  },
  bridges: {
    flag: '--bridge <name[=cidr]>',
    help: 'bridges of every node for the NICs of instances, in addition to xen-br0',
    note: 'Running instances answer ping at their addresses in the subnet of a bridge.',
    value: list('bridge', bridge),
    default: [],
    examples: [['br100', 'br200=203.0.113.0/24']],
  },
} as const satisfies Readonly<Record<string, Option>>;

function parseBridge(text: string): Bridge | undefined {
  const [name = '', subnet] = text.split('=');
  if (subnet === undefined) return { name };
  return subnetProblem(subnet) === undefined ? { name, subnet } : undefined;
}

/** Devices that a slice has anyway. */
const existing = /^(?:lo|eth\d+|vc0|xen-br0)$/;

interface NetworkParts {
  readonly subnet?: string | undefined;
  readonly secondarySubnet?: string | undefined;
  /** in the order given; `undefined` stands for an invalid one */
  readonly bridges?: readonly (Bridge | undefined)[] | undefined;
}

/** All networks that belong to a cluster, each with the flag that sets it. */
export function networksOf({ subnet, secondarySubnet, bridges = [] }: NetworkParts): readonly Network[] {
  const ofBridges = bridges.map((each) => ({ subnet: each?.subnet, flag: '--bridge NAME=CIDR' }));
  const all = [
    { subnet, flag: '--subnet CIDR' },
    { subnet: secondarySubnet, flag: '--secondary-subnet CIDR' },
  ];
  return [...all, ...ofBridges].flatMap((one) => (one.subnet === undefined ? [] : [{ ...one, subnet: one.subnet }]));
}

interface Network {
  readonly subnet: string;
  readonly flag: string;
}

/** Finds bridges with the same name, and networks that share addresses. */
export function networkProblems({ secondarySubnet, bridges = [], ...parts }: NetworkParts): readonly Problem[] {
  const names = new Set<string>();
  const networks = [{ of: 'subnet', subnet: parts.subnet ?? networkOptions.subnet.default }];
  const clash = (path: Problem['path'], of: string, other: string | undefined): readonly Problem[] => {
    if (other === undefined) return [];
    const found = networks.find((each) => overlaps(each.subnet, other));
    networks.push({ of, subnet: other });
    return found === undefined ? [] : [{ path, message: `${other} overlaps ${found.subnet}, the ${found.of}` }];
  };
  return [
    ...clash(['secondarySubnet'], 'secondarySubnet', secondarySubnet),
    ...bridges.flatMap((one, index) => {
      if (one === undefined) return [];
      const path = ['bridges', index];
      const taken = names.has(one.name) || existing.test(one.name);
      names.add(one.name);
      const message = `every node already has a device ${one.name}`;
      return [...(taken ? [{ path, message }] : []), ...clash(path, `subnet of ${one.name}`, one.subnet)];
    }),
  ];
}

import { isIPv4 } from 'node:net';
import { UsageError } from '../errors.ts';
import { most } from './node-options.ts';
import * as patterns from './patterns.ts';
import { readValue } from './read-value.ts';
import { bool, choice, either, integer, list, type Option, pattern, scalar, text, type Value } from './values.ts';

const endpoints = 'unix://, ssh:// or tcp://, the name of a Docker context, or default';
const hostForm = 'ENDPOINT[,advertise=IP][,port=N][,nodes=N or share=N]';

const hostOptions = {
  endpoint: {
    help: `endpoint of its engine: ${endpoints}`,
    value: scalar(`an endpoint: ${endpoints}`, [pattern(patterns.host)], parseEndpoint),
    required: true,
  },
  nodes: {
    help: 'number of nodes on the host',
    value: integer(1, most.nodes),
    unset: 'its share of the nodes that the other hosts leave',
  },
  share: {
    help: 'number of nodes for each node on a host with share 1',
    value: integer(1, 1000),
    default: 1,
  },
  advertise: {
    help: 'IPv4 address at which the other hosts reach the host',
    value: scalar('an IPv4 address', [pattern(patterns.ipv4Address)], (text) => (isIPv4(text) ? text : undefined)),
    unset: 'the address of the machine in an ssh:// or tcp:// endpoint',
  },
  port: {
    help: 'UDP port for the network between the hosts',
    value: integer(1, 65_535, 'UDP port'),
    unset: '4790, or the next port that no other cluster uses',
  },
} as const satisfies Readonly<Record<string, Option>>;

const host = {
  type: 'fields',
  name: 'HostOptions',
  example: '{endpoint: ssh://ops@alpha}',
  options: hostOptions,
} as const;

const hostList = list('host', either(scalar(hostForm, [pattern(patterns.hostText)], parseHost), host), {
  max: 100,
});

/** The part of `clusterOptions` for clusters on several hosts. */
export const multiHostOptions = {
  hosts: {
    flag: '--host <endpoint[,key=value...]>',
    help: 'hosts to spread the cluster over, at least two; keys: advertise=IP, port=N, nodes=N, share=N',
    note: 'Without hosts, the cluster runs on one engine.',
    value: hostList,
    default: [],
    examples: [
      ['ssh://ops@alpha', 'default,advertise=192.0.2.7'],
      [
        { endpoint: 'ssh://ops@alpha', share: 2 },
        { endpoint: 'lab', nodes: 1, advertise: '192.0.2.8', port: 4790 },
      ],
    ],
  },
  underlay: {
    flag: '--underlay <type>',
    help: 'what connects the hosts',
    note: 'vxlan uses a UDP port of each host, swarm uses the Docker Swarm of the engines, and auto prefers swarm.',
    value: choice('auto', 'vxlan', 'swarm'),
    default: 'auto',
  },
  network: {
    flag: '--network <name>',
    help: 'existing Docker network that connects the hosts: an attachable overlay, or a flat one such as macvlan',
    value: text('the name of a network', patterns.network),
    examples: ['lab-overlay'],
  },
  encrypted: {
    flag: '--encrypted',
    help: 'encrypt the Swarm network that is created for the cluster',
    value: bool,
    default: false,
  },
} as const satisfies Readonly<Record<string, Option>>;

/** Options of one host of a cluster. */
export type HostOptions = Value<typeof host>;

/** `ENDPOINT[,KEY=VALUE...]`; `undefined` for anything else. */
function parseHost(text: string): HostOptions | undefined {
  const [endpoint, ...rest] = text.split(',');
  const pairs = rest.map((pair) => pair.split('='));
  const keys = new Set(pairs.map(([key]) => key));
  if (keys.size < pairs.length) return undefined;
  const values = pairs.map(([key = '', value = '']) => [key, key === 'advertise' ? value : Number(value)]);
  const { value, problems } = readValue(host, { ...Object.fromEntries(values), endpoint });
  return problems.length === 0 ? value : undefined;
}

const protocols = new Set(['unix:', 'ssh:', 'tcp:', 'http:', 'https:']);

/** A password would be visible in labels and plans. */
function parseEndpoint(text: string): string | undefined {
  if (!text.includes('://')) return text;
  if (!URL.canParse(text)) return undefined;
  const { protocol, password } = new URL(text);
  return protocols.has(protocol) && password === '' ? text : undefined;
}

/**
 * Parses the host to add nodes on: `ENDPOINT[,advertise=IP][,port=N]`.
 *
 * @throws {UsageError} when the text is anything else, or gives a number of nodes
 */
export function parseNewHost(text: string): HostOptions {
  const parsed = parseHost(text);
  if (parsed === undefined || (parsed.nodes ?? parsed.share) !== undefined) {
    throw new UsageError(`--host: must be ENDPOINT[,advertise=IP][,port=N], not ${text}`, {
      hint: `ENDPOINT is ${endpoints}; -n sets the number of nodes`,
    });
  }
  return parsed;
}

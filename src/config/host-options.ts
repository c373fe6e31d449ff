import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { pattern, whole } from './forms.ts';
import { isWanted, most } from './node-options.ts';
import * as patterns from './patterns.ts';
import { parseWhole, within } from './quantities.ts';
import { oneOf } from './values.ts';

/** Most hosts that one cluster may be on. */
const mostHosts = 100;
const forms = 'unix://, ssh:// or tcp://, the name of a docker context, or default';

const endpoint = oneOf(`an engine: ${forms}`, [pattern(patterns.host)], parseEndpoint);
const number = (allowed: string, max: number) => oneOf(allowed, [whole(1, max)], within(parseWhole, 1, max));
const nodes = number(`a whole number of nodes from 1 to ${most.nodes}`, most.nodes);
const share = number('a whole number from 1 to 1000', 1000);
const port = number('a UDP port from 1 to 65535', 65_535);
const advertise = oneOf('an IPv4 address', [pattern(patterns.ipv4Address)], (text) =>
  isIPv4(text) ? text : undefined,
);

export const hostOptions = z
  .strictObject(
    {
      endpoint: endpoint.meta({ description: `Its engine: ${forms}.` }),
      nodes: nodes.optional().meta({ description: 'How many nodes are on it. Without it: its share of the rest.' }),
      share: share.optional().meta({
        description: 'How many nodes it gets for one that a host of share 1 gets.',
        default: 1,
      }),
      advertise: advertise.optional().meta({
        description:
          'IPv4 address by which the other hosts reach it. Without it: that of an ssh:// or tcp:// endpoint.',
      }),
      port: port.optional().meta({
        description: 'UDP port for the network between the hosts. Without it: 4790 or the next that no cluster has.',
      }),
    },
    isWanted('a map of options such as {endpoint: ssh://ops@alpha}'),
  )
  .readonly();

const host = z.union([
  oneOf('ENDPOINT[,advertise=IP][,port=N][,nodes=N or share=N]', [pattern(patterns.hostText)], parseHost),
  hostOptions,
]);

export const hostList = z
  .array(host, isWanted('a list of hosts'))
  .max(mostHosts, { error: `a list of at most ${mostHosts} hosts` })
  .readonly();

/** What is asked of one of the hosts of a cluster. */
export type HostOptions = z.output<typeof hostOptions>;

/** `ENDPOINT[,KEY=VALUE...]`; `undefined` when it is not. */
function parseHost(text: string): HostOptions | undefined {
  const [first = '', ...rest] = text.split(',');
  const pairs = rest.map((pair) => pair.split('='));
  const keys = new Set(pairs.map(([key]) => key));
  if (keys.size < pairs.length) return undefined;
  const values = pairs.map(([key = '', value = '']) => [key, key === 'advertise' ? value : Number(value)]);
  return hostOptions.safeParse({ ...Object.fromEntries(values), endpoint: first }).data;
}

const protocols = new Set(['unix:', 'ssh:', 'tcp:', 'http:', 'https:']);

/** A password would be read in labels and plans. */
function parseEndpoint(text: string): string | undefined {
  if (!text.includes('://')) return text;
  if (!URL.canParse(text)) return undefined;
  const { protocol, password } = new URL(text);
  return protocols.has(protocol) && password === '' ? text : undefined;
}

/**
 * The host that nodes are to be added on: `ENDPOINT[,advertise=IP][,port=N]`.
 *
 * @throws {UsageError} when it is none, or says how many nodes
 */
export function parseNewHost(text: string): HostOptions {
  const host = parseHost(text);
  if (host === undefined || (host.nodes ?? host.share) !== undefined) {
    throw new UsageError(`--host: ENDPOINT[,advertise=IP][,port=N], not ${text}`, {
      hint: `ENDPOINT is ${forms}; how many nodes says -n`,
    });
  }
  return host;
}

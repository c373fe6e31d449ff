import { z } from 'zod';
import { pattern, whole } from './forms.ts';
import { hostList } from './host-options.ts';
import {
  groupList,
  instanceNameList,
  isWanted,
  most,
  nodeCpus,
  nodeDisk,
  nodeList,
  nodeMemory,
  usualNode,
} from './node-options.ts';
import * as patterns from './patterns.ts';
import { formatSize, parseSeconds, parseSize, parseWhole, within } from './quantities.ts';
import { parsePublish, parseRapiEndpoint } from './publish.ts';
import { subnetProblem } from './subnet.ts';
import { checked, choice, oneOf, text, truth } from './values.ts';

const count = (min: number, max: number) =>
  oneOf(`a whole number from ${min} to ${max}`, [whole(min, max)], within(parseWhole, min, max));

/**
 * The one place where the options of a cluster, their limits and their defaults are.  The command line's flags and the
 * configuration file go through it, and the file's JSON schema and the commented example are made of it.
 */
export const clusterOptions = {
  name: text('1 to 40 small letters, digits and inner hyphens', patterns.dnsLabel).prefault('vcluster').meta({
    description: 'Name of the cluster: ours. Inside, Ganeti always calls it cluster.DOMAIN.',
  }),
  nodes: z
    .union([count(1, most.nodes), nodeList])
    .prefault(3)
    .meta({
      description: 'Number of nodes, 1 to 1000; or a list with the options of each, the first master first.',
      examples: [
        [
          { name: 'node1', group: 'default' },
          { name: 'node2', masterCapable: true, vmCapable: true },
          { name: 'node3', drained: false, offline: false },
          { name: 'node4', memory: '128g', cpus: 32, disk: '2t' },
        ],
      ],
    }),
  nodeMemory: nodeMemory.prefault(formatSize(usualNode.memory)).meta({
    description:
      'Memory of each node, as simulated: what Ganeti finds there, less what runs on it. It takes none of the machine.',
  }),
  nodeCpus: nodeCpus.prefault(usualNode.cpus).meta({ description: 'CPUs of each node, as simulated, 1 to 1024.' }),
  nodeDisk: nodeDisk.prefault(formatSize(usualNode.disk)).meta({
    description: 'Disk of each node for instances of template file, as simulated.',
  }),
  groups: z
    .union([count(1, most.groups), groupList])
    .prefault(1)
    .meta({
      description:
        'Number of node groups (default, group2, ...), 1 to 100; or a list. Nodes that name no group spread over all.',
      examples: [[{ name: 'default', allocPolicy: 'preferred' }, { name: 'rack2' }]],
    }),
  instances: count(0, most.instances).prefault(0).meta({
    description:
      'How many running instances the cluster begins with, without disks, spread over the nodes. Their names are the first of instanceNames.',
  }),
  instanceNames: z
    .union([count(1, most.instances), instanceNameList])
    .optional()
    .meta({
      description:
        'Names that are reserved for instances, with addresses: how many (instance1, instance2, ...), or a list. Without it: 8 a node, 100 at least.',
      examples: [['instance1', 'instance2']],
    }),
  hosts: hostList.prefault([]).meta({
    description:
      'Hosts that the cluster is spread over, two at least, each as ENDPOINT[,advertise=IP][,port=N][,nodes=N or share=N], or a map. Without any: one, where the engine is.',
    examples: [
      ['ssh://ops@alpha', 'default,advertise=192.0.2.7'],
      [
        { endpoint: 'ssh://ops@alpha', share: 2 },
        { endpoint: 'lab', nodes: 1, advertise: '192.0.2.8', port: 4790 },
      ],
    ],
  }),
  underlay: choice(['auto', 'vxlan', 'swarm']).prefault('auto').meta({
    description:
      'What carries the network between hosts: a VXLAN over a UDP port of each (vxlan), a network of the swarm that their engines are in (swarm), or that if there is one (auto).',
  }),
  network: text('the name of a network', patterns.network)
    .optional()
    .meta({
      description:
        "A network of the engines' own that is to carry it: an attachable overlay of a swarm, or one that is flat, such as macvlan.",
      examples: ['lab-overlay'],
    }),
  encrypted: truth().prefault(false).meta({
    description: 'Whether the network of a swarm that is made for the cluster is encrypted.',
  }),
  ganeti: choice(['3.0', '3.1'])
    .prefault('3.0')
    .meta({ description: 'Version of Ganeti: 3.0 (Debian bookworm) or 3.1 (trixie).' }),
  base: text('the name of an image', patterns.image)
    .optional()
    .meta({
      description: 'Image to build on, of the same Debian release. Without it: debian:RELEASE-slim.',
      examples: ['debian:bookworm-slim'],
    }),
  mirror: oneOf('an http or https address', [pattern(patterns.webAddress)], (value) =>
    URL.canParse(value) ? value : undefined,
  )
    .optional()
    .meta({ description: 'Debian archive for the build.', examples: ['http://mirror.example.com/debian'] }),
  subnet: checked(patterns.subnet, subnetProblem)
    .prefault('198.18.0.0/16')
    .meta({ description: 'Addresses of the cluster, inside its container: an IPv4 network, /8 to /29.' }),
  domain: text('a domain name of at most 50 characters', patterns.domain)
    .prefault('example.com')
    .meta({ description: 'Domain of all names.' }),
  rapi: oneOf('PORT, ADDRESS:PORT or [IPV6]:PORT', [whole(1, 65_535), pattern(patterns.endpoint)], parseRapiEndpoint)
    .prefault('127.0.0.1:auto')
    .meta({
      description:
        'Where RAPI is published: PORT, ADDRESS:PORT or [IPV6]:PORT. auto is 5080 or the next port that is free.',
    }),
  publish: z
    .array(
      oneOf('[ADDRESS:][HOSTPORT:]NODE:PORT or [ADDRESS:][HOSTPORT:]rapi', [pattern(patterns.published)], parsePublish),
      isWanted('a list of ports'),
    )
    .readonly()
    .prefault([])
    .meta({
      description:
        'More ports that are to be reached from outside: [ADDRESS:][HOSTPORT:]NODE:PORT; rapi in place of NODE:PORT.',
      examples: [['node2:22', '127.0.0.1:2222:node2:22']],
    }),
  os: z
    .array(text('a path', patterns.path), isWanted('a list of directories'))
    .readonly()
    .prefault([])
    .meta({
      description:
        'Directories on your machine with OS definitions of your own, each one definition or a directory of several; relative to this file.',
      examples: [['./os/debootstrap', './more-definitions']],
    }),
  memory: oneOf(
    'a size of at least 256m, such as 512m or 2g',
    [pattern(patterns.size), whole(2 ** 28, 2 ** 50)],
    within(parseSize, 2 ** 28, 2 ** 50),
  )
    .optional()
    .meta({ description: 'Memory limit of the container. Without it: 1g and 64m a node.', examples: ['1216m'] }),
  cpus: oneOf('a number of CPUs from 0.1 to 1024', [{ type: 'number', minimum: 0.1, maximum: 1024 }], Number)
    .optional()
    .meta({ description: 'Limit of the container’s CPUs. Without it: none.', examples: [1.5] }),
  restart: choice(['no', 'on-failure', 'unless-stopped', 'always'])
    .optional()
    .meta({
      description: 'When the engine starts the container again. Without it: unless-stopped; with a ttl, on-failure.',
      examples: ['unless-stopped'],
    }),
  ttl: oneOf(
    'a time from 10s to 365d, such as 90m or 2h',
    [pattern(patterns.time), whole(10, 365 * 86_400)],
    within(parseSeconds, 10, 365 * 86_400),
  )
    .optional()
    .meta({
      description: 'How long after its making the cluster ends itself. Without it: never.',
      examples: ['2h'],
    }),
  watcher: truth().prefault(true).meta({ description: 'Whether ganeti-watcher runs on all nodes every five minutes.' }),
  timeout: oneOf(
    'a time from 1s to 24h, such as 90 or 5m',
    [pattern(patterns.time), whole(1, 86_400)],
    within(parseSeconds, 1, 86_400),
  )
    .optional()
    .meta({ description: 'How long to wait for the cluster. Without it: 120s and 2s a node.', examples: ['5m'] }),
  verify: truth().prefault(false).meta({ description: 'Whether `up` ends with gnt-cluster verify.' }),
  keep: truth().prefault(false).meta({ description: 'Whether `up` leaves all as it is when it fails.' }),
};

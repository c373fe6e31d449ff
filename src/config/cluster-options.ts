import { defaultDomain, defaultTexts } from './defaults.ts';
import { multiHostOptions } from './host-options.ts';
import { imageOptions } from './image-options.ts';
import { networkOptions } from './network-options.ts';
import * as nodes from './node-options.ts';
import * as patterns from './patterns.ts';
import { publishedPort, rapiEndpoint } from './publish.ts';
import { formatSize } from './quantities.ts';
import * as values from './values.ts';

/**
 * Every option of a cluster, and everything there is to know about it.  The rest follows from this table: the flags of
 * `up` with their help and completion, the checks of flags and files, the JSON schema and the example file, and which
 * options a cluster's label keeps.  `npm run docs:options` updates the library's types and the tables in
 * docs/configuration.md.
 */
export const clusterOptions = {
  name: {
    help: 'name of the cluster',
    note: 'Inside the cluster, Ganeti always calls it cluster.DOMAIN.',
    value: nodes.shortName,
    default: 'vcluster',
    lasting: false,
  },
  nodes: {
    flag: '-n, --nodes <count>',
    help: 'number of nodes',
    note: 'Or a list with the options of each node, starting with the master.',
    value: values.either(values.integer(1, nodes.most.nodes), nodes.nodeList),
    default: 3,
    examples: [
      [
        { name: 'node1', group: 'default' },
        { name: 'node2', masterCapable: true, vmCapable: true },
        { name: 'node3', drained: false, offline: false },
        { name: 'node4', memory: '128g', cpus: 32, disk: '2t' },
      ],
    ],
  },
  nodeMemory: {
    flag: '--node-memory <size>',
    help: 'simulated memory of each node',
    note: 'Ganeti sees this much, minus what runs on the node; it is not reserved on the host.',
    value: nodes.nodeMemory,
    default: formatSize(nodes.usualNode.memory),
  },
  nodeCpus: {
    flag: '--node-cpus <count>',
    help: 'simulated CPUs of each node',
    value: nodes.nodeCpus,
    default: nodes.usualNode.cpus,
  },
  nodeDisk: {
    flag: '--node-disk <size>',
    help: 'simulated disk of each node',
    note: 'It holds the disks of instances with the disk templates plain, drbd and file.',
    value: nodes.nodeDisk,
    default: formatSize(nodes.usualNode.disk),
  },
  groups: {
    flag: '--groups <count>',
    help: 'number of node groups',
    note: 'They are called default, group2, ...; or a list. Nodes without a group are spread evenly over all groups.',
    value: values.either(values.integer(1, nodes.most.groups), nodes.groupList),
    default: 1,
    examples: [[{ name: 'default', allocPolicy: 'preferred' }, { name: 'rack2' }]],
  },
  instances: {
    flag: '--instances <count>',
    help: 'number of running, diskless instances to create',
    note: 'They are spread over the nodes, and take the first of instanceNames.',
    value: values.integer(0, nodes.most.instances),
    default: 0,
  },
  instanceNames: {
    flag: '--instance-names <names>',
    help: 'names to reserve for instances, separated by commas, or their number',
    note: 'They resolve on all nodes. A number stands for instance1, instance2, ...; a file has a list of names.',
    value: values.either(values.integer(1, nodes.most.instances), nodes.instanceNameList),
    unset: defaultTexts.instanceNames,
    examples: [['instance1', 'instance2']],
  },
  ...multiHostOptions,
  ...imageOptions,
  ...networkOptions,
  domain: {
    flag: '--domain <name>',
    help: 'domain of all names in the cluster',
    value: values.text('a domain name of at most 47 characters', patterns.domain),
    default: defaultDomain,
  },
  rapi: {
    flag: '--rapi <[address:]port>',
    help: 'address and port on which RAPI is published',
    note: 'An IPv6 address is written in brackets. auto is 5080, or the next free port.',
    value: rapiEndpoint,
    default: '127.0.0.1:auto',
  },
  publish: {
    flag: '--publish <port>',
    help: 'ports to publish: [ADDRESS:][HOSTPORT:]NODE:PORT, or rapi in place of NODE:PORT',
    value: values.list('port', publishedPort),
    default: [],
    examples: [['node2:22', '127.0.0.1:2222:node2:22']],
    lasting: false,
  },
  os: {
    flag: '--os <directory>',
    help: 'directories with OS definitions of your own, each one definition or a directory of several',
    note: 'In a file, paths are relative to the file.',
    value: values.list('path', values.text('a path', patterns.path)),
    default: [],
    examples: [['./os/debootstrap', './more-definitions']],
    lasting: false,
  },
  memory: {
    flag: '--memory <size>',
    help: 'memory limit of the container',
    value: values.size(2 ** 28, 2 ** 50, '512m or 2g'),
    unset: defaultTexts.memory,
    examples: ['1216m'],
  },
  cpus: {
    flag: '--cpus <number>',
    help: 'CPU limit of the container',
    value: values.decimal(0.1, 1024, 'number of CPUs'),
    unset: 'no limit',
    examples: [1.5],
  },
  restart: {
    flag: '--restart <policy>',
    help: 'restart policy of the container',
    value: values.choice('no', 'on-failure', 'unless-stopped', 'always'),
    unset: defaultTexts.restart,
    examples: ['unless-stopped'],
  },
  ttl: {
    flag: '--ttl <time>',
    help: 'time after which the cluster stops itself',
    value: values.duration(10, 365 * 86_400, '90m or 2h'),
    unset: 'never',
    examples: ['2h'],
  },
  watcher: {
    flag: '--no-watcher',
    help: 'run ganeti-watcher on all nodes every five minutes',
    value: values.bool,
    default: true,
  },
  timeout: {
    flag: '--timeout <time>',
    help: 'how long to wait for the cluster to start',
    value: values.duration(1, 86_400, '90 or 5m'),
    unset: defaultTexts.timeout,
    examples: ['5m'],
    lasting: false,
  },
  verify: {
    flag: '--verify',
    help: 'run gnt-cluster verify at the end',
    value: values.bool,
    default: false,
    lasting: false,
  },
  keep: {
    flag: '--keep',
    help: 'keep the stopped container if up fails',
    value: values.bool,
    default: false,
    lasting: false,
  },
} as const satisfies Readonly<Record<string, values.Option>>;

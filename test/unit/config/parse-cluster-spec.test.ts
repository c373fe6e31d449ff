import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';

const parse = (input: unknown) => parseClusterSpec(input, 'command line');

/** The error message. */
function refusal(input: unknown): string {
  try {
    parse(input);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
  throw new Error(`accepted ${JSON.stringify(input)}`);
}

describe('a cluster spec', () => {
  it('is complete when nothing is given', () => {
    expect(parse({})).toEqual({
      given: {},
      spec: {
        name: 'vcluster',
        nodes: 3,
        nodeOptions: [],
        nodeMemory: 64 * 2 ** 30,
        nodeCpus: 16,
        nodeDisk: 2 ** 40,
        groups: [{ name: 'default', allocPolicy: 'preferred' }],
        instances: 0,
        hosts: [],
        underlay: 'auto',
        encrypted: false,
        ganeti: '3.0',
        subnet: '198.18.0.0/16',
        bridges: [],
        domain: 'example.com',
        rapi: { address: '127.0.0.1', port: 'auto' },
        ...{ publish: [], os: [], packages: [] },
        memory: (1024 + 3 * 64) * 2 ** 20,
        timeoutSeconds: 126,
        verify: false,
        watcher: true,
        keep: false,
        restart: 'unless-stopped',
      },
    });
  });

  it('has more memory and a longer timeout for more nodes', () => {
    expect(parse({ nodes: 100 }).spec).toMatchObject({ memory: (1024 + 6400) * 2 ** 20, timeoutSeconds: 320 });
  });

  it('accepts text, as in flags, and values, as in files', () => {
    const options = { nodes: '20', ganeti: '3.1', memory: '2g', cpus: '1.5', timeout: '5m' };
    const spec = { nodes: 20, ganeti: '3.1', memory: 2 ** 31, cpus: 1.5, timeoutSeconds: 300 };
    expect(parse(options).spec).toMatchObject(spec);
    expect(parse({ nodes: 20, ganeti: 3.1, memory: 2 ** 31, cpus: 1.5, timeout: 300 }).spec).toMatchObject(spec);
  });

  it('accepts sizes of all nodes and of each node, as text and as values', () => {
    const options = {
      nodeMemory: '32g',
      nodeCpus: '8',
      nodeDisk: '500G',
      nodes: [{ memory: '1tib', cpus: 64, disk: 2 ** 30 }],
    };
    const { spec, given } = parse(options);
    const sizes = { nodeMemory: 2 ** 35, nodeCpus: 8, nodeDisk: 500 * 2 ** 30 };
    expect(spec).toMatchObject({ ...sizes, nodeOptions: [{ memory: 2 ** 40, cpus: 64, disk: 2 ** 30 }] });
    expect(given).toMatchObject(sizes);
  });

  it.each([
    [{ nodeMemory: '255m' }, 'nodeMemory: must be a size from 256m to 64t, such as 64g, not 255m'],
    [{ nodeMemory: '65t' }, 'nodeMemory: must be a size from 256m to 64t, such as 64g, not 65t'],
    [{ nodeDisk: '1023m' }, 'nodeDisk: must be a size from 1g to 1024t, such as 1t, not 1023m'],
    [{ nodeCpus: 0 }, 'nodeCpus: must be a whole number from 1 to 1024, not 0'],
    [{ nodeCpus: '1.5' }, 'nodeCpus: must be a whole number from 1 to 1024, not 1.5'],
    [{ nodes: [{ memory: 'much' }] }, 'nodes[0].memory: must be a size from 256m to 64t, such as 64g, not much'],
  ])('refuses %j', (options, message) => {
    expect(refusal(options)).toBe(`command line: ${message}`);
  });

  it('keeps the lasting options that were given', () => {
    const { given } = parse({ name: 'demo', nodes: '5', rapi: '5090', memory: undefined, timeout: '60', keep: true });
    expect(given).toEqual({ nodes: 5, rapi: { address: '127.0.0.1', port: 5090 } });
  });

  it.each([
    [0, '0'],
    [-1, '-1'],
    [1.5, '1.5'],
    ['5000', '5000'],
    ['abc', 'abc'],
    ['', '""'],
    [null, 'null'],
  ])('refuses %j nodes', (nodes, shown) => {
    expect(refusal({ nodes })).toBe(`command line: nodes: must be a whole number from 1 to 1000, not ${shown}`);
  });

  it.each([1, 1000])('accepts %i nodes', (nodes) => {
    expect(parse({ nodes }).spec.nodes).toBe(nodes);
  });

  it('reports every problem at once', () => {
    expect(refusal({ nodes: 0, ganeti: '2.16', color: 'red' }).split('\n')).toEqual([
      'command line:',
      '  nodes: must be a whole number from 1 to 1000, not 0',
      '  ganeti: must be 3.0 or 3.1, not 2.16',
      '  color: unknown option',
    ]);
  });

  it.each([
    ['name', 'Demo'],
    ['name', '-demo'],
    ['name', 'a.b'],
    ['name', 'x'.repeat(41)],
    ['domain', 'exa mple.com'],
    ['domain', '.com'],
    ['domain', 'a..b'],
    ['domain', '10.0.0.1'],
    ['domain', `${'x'.repeat(44)}.com`],
    ['base', '-privileged'],
    ['mirror', 'ftp://example.com'],
    ['rapi', '0'],
    ['rapi', '70000'],
    ['rapi', 'localhost:5080'],
    ['rapi', '::1:5080'],
    ['memory', '2 cows'],
    ['memory', '1m'],
    ['cpus', '0'],
    ['timeout', '-5'],
    ['restart', 'sometimes'],
  ])('refuses %s %j, and quotes it', (option, value) => {
    expect(refusal({ [option]: value })).toMatch(`command line: ${option}: `);
    expect(refusal({ [option]: value })).toMatch(`, not ${value}`);
  });

  it.each([
    ['198.18.0.0', 'must be an IPv4 network such as 198.18.0.0/16, not 198.18.0.0'],
    ['198.18.0.0/33', 'must be an IPv4 network such as 198.18.0.0/16, not 198.18.0.0/33'],
    ['300.18.0.0/16', 'must be an IPv4 network such as 198.18.0.0/16, not 300.18.0.0/16'],
    ['fd00::/64', 'must be an IPv4 network such as 198.18.0.0/16, not fd00::/64'],
    ['10.0.0.0/7', 'must be a network from /8 to /29, not 10.0.0.0/7'],
    ['10.0.0.0/30', 'must be a network from /8 to /29, not 10.0.0.0/30'],
    ['10.1.2.3/16', 'must be the address of the network, 10.1.0.0/16, not 10.1.2.3/16'],
    ['127.0.0.0/16', 'must not contain loopback addresses, as 127.0.0.0/16 does'],
    ['224.1.0.0/16', 'must not contain multicast addresses, as 224.1.0.0/16 does'],
    ['0.0.0.0/8', 'must not contain "this network" addresses, as 0.0.0.0/8 does'],
    ['169.254.1.0/24', 'must not contain link-local addresses, as 169.254.1.0/24 does'],
    ['255.0.0.0/8', 'must not contain reserved addresses, as 255.0.0.0/8 does'],
  ])('refuses the subnet %s', (subnet, message) => {
    expect(refusal({ subnet })).toBe(`command line: subnet: ${message}`);
  });

  it('takes bridges, with or without a subnet, and a secondary subnet', () => {
    const { spec, given } = parse({ bridges: ['br100', 'br200=203.0.113.0/24'], secondarySubnet: '192.0.2.0/24' });
    const bridges = [{ name: 'br100' }, { name: 'br200', subnet: '203.0.113.0/24' }];
    expect(spec).toMatchObject({ bridges, secondarySubnet: '192.0.2.0/24' });
    expect(given).toEqual({ bridges, secondarySubnet: '192.0.2.0/24' });
  });

  it.each([
    [{ bridges: ['a/b'] }, 'bridges[0]: must be NAME or NAME=CIDR, such as br100=192.0.2.0/24, not a/b'],
    [
      { bridges: ['a-name-of-16-xxx'] },
      'bridges[0]: must be NAME or NAME=CIDR, such as br100=192.0.2.0/24, not a-name-of-16-xxx',
    ],
    [{ bridges: ['b=10.1.2.3/16'] }, 'bridges[0]: must be the address of the network, 10.1.0.0/16, not 10.1.2.3/16'],
    [{ bridges: ['b=127.0.0.0/16'] }, 'bridges[0]: must not contain loopback addresses, as 127.0.0.0/16 does'],
    [{ bridges: ['b', 'b=192.0.2.0/24'] }, 'bridges[1]: every node already has a device b'],
    [{ bridges: ['xen-br0'] }, 'bridges[0]: every node already has a device xen-br0'],
    [{ bridges: ['b=198.18.3.0/24'] }, 'bridges[0]: 198.18.3.0/24 overlaps 198.18.0.0/16, the subnet'],
    [
      { secondarySubnet: '192.0.2.0/24', bridges: ['b=192.0.2.0/26'] },
      'bridges[0]: 192.0.2.0/26 overlaps 192.0.2.0/24, the secondarySubnet',
    ],
    [
      { bridges: ['a=192.0.2.0/26', 'b=192.0.2.0/24'] },
      'bridges[1]: 192.0.2.0/24 overlaps 192.0.2.0/26, the subnet of a',
    ],
    [
      { subnet: '10.0.0.0/8', secondarySubnet: '10.1.0.0/16' },
      'secondarySubnet: 10.1.0.0/16 overlaps 10.0.0.0/8, the subnet',
    ],
  ])('refuses the networks %j', (options, message) => {
    expect(refusal(options)).toBe(`command line: ${message}`);
  });

  it('limits the full names of nodes: by the sockets of a master, or by the certificate of any other node', () => {
    const domain = 'infra.example-company.de';
    const named = (length: number, masterCapable: boolean) => {
      const name = 'x'.repeat(length - domain.length - 1);
      return { domain, nodes: [{ name: 'first' }, { name, masterCapable }] };
    };
    expect(parse(named(57, true)).spec.nodes).toBe(2);
    expect(parse(named(64, false)).spec.nodes).toBe(2);
    const limit = 'a node that can become master can have 57, any other 64';
    expect(refusal(named(58, true))).toMatch(
      /^command line: nodes\[1\]\.name: "x+\.infra\.example-company\.de" has 58 /,
    );
    expect(refusal(named(58, true))).toContain(limit);
    expect(refusal(named(65, false))).toContain(`has 65 characters; ${limit}`);
  });

  it.each([
    ['5090', { address: '127.0.0.1', port: 5090 }],
    ['auto', { address: '127.0.0.1', port: 'auto' }],
    ['0.0.0.0:5080', { address: '0.0.0.0', port: 5080 }],
    ['10.0.0.1:auto', { address: '10.0.0.1', port: 'auto' }],
    ['[::1]:5080', { address: '::1', port: 5080 }],
  ])('reads --rapi %s', (rapi, endpoint) => {
    expect(parse({ rapi }).spec.rapi).toEqual(endpoint);
  });
});

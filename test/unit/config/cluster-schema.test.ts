import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterOptions } from '../../../src/config/cluster-options.ts';
import { clusterFile } from '../../../src/config/cluster-spec.ts';
import { crossFieldProblems } from '../../../src/config/cross-field-rules.ts';
import { clusterSchema } from '../../../src/config/json-schema.ts';
import { parseClusterFile } from '../../../src/config/parse-cluster-spec.ts';
import { readValue } from '../../../src/config/read-value.ts';

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(clusterSchema());

/** Whether the program accepts the options. */
function takes(options: unknown): boolean {
  try {
    parseClusterFile({ source: 'test', options, locate: () => ({ line: 1, column: 1 }) });
    return true;
  } catch {
    return false;
  }
}

/** Whether no two options contradict each other. */
function isConsistent(options: unknown): boolean {
  return crossFieldProblems(readValue(clusterFile, options)).length === 0;
}

/** Valid values of every option, which are also valid together. */
const right: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  name: fc.constantFrom('a', 'demo-1', 'x'.repeat(40)),
  nodes: fc.oneof(
    fc.integer({ min: 1, max: 1000 }),
    fc.constantFrom([{}], [{}, { vmCapable: false, memory: '1g', cpus: 1 }, { name: 'x', disk: 2 ** 40 }]),
  ),
  groups: fc.oneof(
    fc.integer({ min: 1, max: 100 }),
    fc.constant([{ name: 'default' }, { name: 'r', allocPolicy: 'preferred' }]),
  ),
  nodeMemory: fc.constantFrom('256m', '64g', '64t', 2 ** 28),
  nodeCpus: fc.integer({ min: 1, max: 1024 }),
  nodeDisk: fc.constantFrom('1g', '1.5t', 2 ** 50),
  instances: fc.integer({ min: 0, max: 100 }),
  instanceNames: fc.oneof(fc.integer({ min: 100, max: 4000 })),
  hosts: fc.constantFrom<unknown>(
    [],
    ['ssh://ops@alpha', 'lab,advertise=192.0.2.7,port=4790,nodes=1'],
    [
      { endpoint: 'ssh://a', share: 2, port: 1 },
      { endpoint: 'b', nodes: 1, advertise: '192.0.2.7' },
    ],
  ),
  underlay: fc.constantFrom('auto', 'vxlan', 'swarm'),
  network: fc.constantFrom('lab-overlay', 'a.b_c'),
  encrypted: fc.boolean(),
  ganeti: fc.constantFrom('3.0', '3.1', 3, 3.1),
  base: fc.constantFrom('debian:bookworm-slim', 'registry.example.com:5000/a/b@sha256:00'),
  mirror: fc.constantFrom('http://deb.example.com/debian', 'https://x'),
  subnet: fc.constantFrom('198.18.0.0/16', '10.0.0.0/8', '192.0.2.0/29'),
  secondarySubnet: fc.constantFrom('172.16.0.0/24', '203.0.113.0/28'),
  bridges: fc.constantFrom([], ['br100'], ['br100=192.168.0.0/24', 'br.200-x_y']),
  domain: fc.constantFrom('example.com', 'lab', '1.a'),
  rapi: fc.constantFrom(1, 65_535, 'auto', '5080', '0.0.0.0:auto', '[::1]:5080'),
  os: fc.constantFrom([], ['os'], ['/srv/os/dummy', '../os']),
  packages: fc.constantFrom([], ['debs'], ['a.deb', '../b.deb']),
  tree: fc.constantFrom('tree', '/srv/tree'),
  memory: fc.constantFrom('256m', '1.5g', '2GiB', 2 ** 28),
  cpus: fc.constantFrom(0.1, 1, 1024),
  restart: fc.constantFrom('no', 'on-failure', 'unless-stopped', 'always'),
  timeout: fc.constantFrom('1s', '24h', 90, '5m'),
  verify: fc.boolean(),
  keep: fc.boolean(),
  ttl: fc.constantFrom('10s', '365d', 90),
  watcher: fc.boolean(),
  publish: fc.constantFrom([], ['rapi', '0.0.0.0:80:node1:80', 'auto:rapi'], ['[::1]:1:node2.example.com:22']),
};

const anything = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1,
    3,
    1.5,
    1001,
    1e9,
    '',
    ' ',
    '3',
    'auto',
    'yes',
    [],
    {},
    [[]],
    [{}],
  ),
  fc.constantFrom<unknown>([{ name: 'A' }], [{ colour: 'red' }], [3], ['a', 'b'], ['A'], { name: 'x' }, [
    { offline: 'no' },
  ]),
  fc.constantFrom<unknown>(
    ['a,b'],
    ['a', 'a,port=0'],
    [{ endpoint: 'a b' }, {}],
    ['a,advertise=300.1.1.1'],
    ['a,nodes=0'],
  ),
  fc.constantFrom('1.2.3.4/16/', '300.0.0.0/8', '10.0.0.0/30', 'a..b', '.com', '1', 'x'.repeat(51), '-a', 'ftp://x'),
  fc.constantFrom(
    '[::1]',
    '::1:80',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    '2 cows',
    '5d',
    '-5',
    '1.5h',
    '3.2',
    'sometimes',
  ),
  fc.string(),
);

const options = fc.record(right, { requiredKeys: [] });

describe('the JSON schema of the configuration file', () => {
  it('has every option, with a description', () => {
    const described = clusterSchema()['properties'] as Readonly<Record<string, { readonly description?: string }>>;
    expect(Object.keys(described)).toEqual(Object.keys(clusterOptions));
    expect(Object.keys(right)).toEqual(expect.arrayContaining(Object.keys(clusterOptions)));
    for (const [name, { description = '' }] of Object.entries(described)) expect(description, name).toMatch(/\.$/);
  });

  it('accepts what the program accepts', () => {
    fc.assert(
      fc.property(options, (given) => {
        fc.pre(isConsistent(given));
        expect({ program: takes(given), schema: validate(given) }).toEqual({ program: true, schema: true });
      }),
      { numRuns: 300 },
    );
  });

  it('refuses exactly what the program refuses when one option has an arbitrary value', () => {
    fc.assert(
      fc.property(
        options,
        fc.constantFrom(...Object.keys(right), 'colour', 'node', 'toString'),
        anything,
        (given, key, value) => {
          const changed = { ...given, [key]: value };
          fc.pre(isConsistent(changed) && !beyond(key, value));
          expect(validate(changed), JSON.stringify(changed)).toBe(takes(changed));
        },
      ),
      { numRuns: 1000 },
    );
  }, 240_000);

  it.each([3, 'nodes: 3', null, [], true])('refuses the document %j, as the program does', (given) => {
    expect({ program: takes(given), schema: validate(given) }).toEqual({ program: false, schema: false });
  });

  it.each<readonly [option: string, value: string | string[], because: string]>([
    ['subnet', '10.1.2.3/16', 'it has host bits'],
    ['subnet', '127.0.0.0/8', 'Ganeti refuses loopback addresses'],
    ['secondarySubnet', '198.18.0.0/24', 'it overlaps the subnet'],
    ['bridges', ['br1=10.1.2.3/16'], 'its network has host bits'],
    ['memory', '10k', 'it is too small'],
    ['nodeMemory', '65t', 'it is too large'],
    ['nodeDisk', '1m', 'it is too small'],
    ['timeout', '25h', 'it is too long'],
    ['ttl', '366d', 'it is too long'],
    ['rapi', '[1::2::3]:80', 'it is not an address'],
    ['publish', ['[1::2::3]:80:node1:22'], 'it is not an address'],
    ['mirror', 'http://', 'it is not an address'],
  ])('leaves it to the program to refuse %s %s: %s', (option, value) => {
    expect({ program: takes({ [option]: value }), schema: validate({ [option]: value }) }).toEqual({
      program: false,
      schema: true,
    });
    expect(beyond(option, [value].flat()[0])).toBe(true);
  });
});

/** Whether only the program can check the value. */
function beyond(key: string, value: unknown): boolean {
  const patterns = new Map(
    Object.entries({
      subnet: /^[\d.]+\/\d+$/,
      secondarySubnet: /^[\d.]+\/\d+$/,
      bridges: /^[^=]+(=[\d.]+\/\d+)?$/,
      memory: /^\d+(\.\d+)?[bkmgt]*$/i,
      nodeMemory: /^\d+(\.\d+)?[bkmgt]*$/i,
      nodeDisk: /^\d+(\.\d+)?[bkmgt]*$/i,
      timeout: /^\d+[smhd]?$/,
      ttl: /^\d+[smhd]?$/,
      publish: /^\[.*\]:/,
      rapi: /^\[.*\]:\d+$/,
      mirror: /^https?:/,
    }),
  );
  return typeof value === 'string' && (patterns.get(key)?.test(value) ?? false);
}

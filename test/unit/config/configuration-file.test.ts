import { describe, expect, it } from 'vitest';
import { parseClusterFile } from '../../../src/config/parse-cluster-spec.ts';
import { readYaml } from '../../../src/config/read-yaml.ts';
import { UsageError } from '../../../src/errors.ts';

const request = (text: string, flags = {}, usual = {}) => parseClusterFile(readYaml(text, 'c.yaml'), flags, usual);

/** The lines of the error message. */
function refusal(text: string, flags = {}): readonly string[] {
  try {
    request(text, flags);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).hint).toMatch(/\S/);
    return (error as UsageError).message.split('\n');
  }
  throw new Error(`accepted ${text}`);
}

const broken = `
name: 42
nodes:
  - { name: a, group: defualt, drianed: true }
  - { name: a, drained: true, offline: true }
  - 3
  - { name: cluster, vmCapable: maybe }
groups: [{ name: rack1, allocPolicy: x }, { nam: r }, { name: rack1 }]
instances: 5
instanceNames: [a, b, B]
colour: red
memroy: 2g
memory: 10k
subnet: 10.1.2.3/16
keep: yes
ganeti: 3.0
cpus: "2"
`;

describe('a configuration file', () => {
  it('sets everything that flags set, and more', () => {
    const { spec, given } = request(`
      nodes:
        - {}
        - { name: store, group: rack2, vmCapable: false }
      groups: [{ name: rack1, allocPolicy: last_resort }, { name: rack2 }]
      instances: 1
      instanceNames: [web1, web2]
      ganeti: 3.1
      memory: 2g
      cpus: 1.5
      timeout: 90
      rapi: 5090
      verify: true`);
    expect(spec).toMatchObject({
      nodes: 2,
      nodeOptions: [{}, { name: 'store', group: 'rack2', vmCapable: false }],
      groups: [
        { name: 'rack1', allocPolicy: 'last_resort' },
        { name: 'rack2', allocPolicy: 'preferred' },
      ],
      instances: 1,
      instanceNames: ['web1', 'web2'],
      ganeti: '3.1',
      memory: 2 ** 31,
      cpus: 1.5,
      timeoutSeconds: 90,
      rapi: { address: '127.0.0.1', port: 5090 },
      verify: true,
    });
    expect(given).toMatchObject({ nodes: 2, nodeOptions: spec.nodeOptions, groups: spec.groups, instances: 1 });
  });

  it.each(['3.0', '3', '"3.0"'])('can write the Ganeti version as %s', (version) => {
    expect(request(`ganeti: ${version}`).spec.ganeti).toBe('3.0');
  });

  it('is overridden by flags, and a list of nodes by their number', () => {
    const text = 'name: filed\nnodes: [{ name: a }, { name: b }]\ndomain: lab.test\nrestart: "no"';
    const { spec, given } = request(text, { name: 'said', nodes: '5', restart: 'always', domain: undefined });
    expect(spec).toMatchObject({ name: 'said', nodes: 5, nodeOptions: [], restart: 'always', domain: 'lab.test' });
    expect(given).toEqual({ nodes: 5, domain: 'lab.test', restart: 'always' });
  });

  it('overrides the name in the environment', () => {
    expect(request('name: filed', {}, { name: 'usual' }).spec.name).toBe('filed');
    expect(request('nodes: 1', {}, { name: 'usual' }).spec.name).toBe('usual');
  });

  it('is refused with all errors at once, in the order of its lines', () => {
    expect(refusal(broken, { restart: 'sometimes' })).toEqual([
      'c.yaml is invalid:',
      '  c.yaml:2:7: name: must be 1 to 40 lowercase letters, digits and inner hyphens, not the number 42 (add quotes)',
      '  c.yaml:4:23: nodes[0].group: there is no group "defualt", only rack1',
      '  c.yaml:4:32: nodes[0].drianed: unknown option; did you mean drained?',
      '  c.yaml:5:13: nodes[1].name: the name "a" is already in use',
      '  c.yaml:5:40: nodes[1].offline: a node cannot be both drained and offline',
      '  c.yaml:6:5: nodes[2]: must be a map such as {name: node1}, not 3',
      '  c.yaml:7:13: nodes[3].name: the name "cluster" is already in use',
      '  c.yaml:7:33: nodes[3].vmCapable: must be true or false, not maybe',
      '  c.yaml:8:38: groups[0].allocPolicy: must be preferred, last_resort or unallocable, not x',
      '  c.yaml:8:43: groups[1].name: is required: 1 to 63 letters, digits, dots, hyphens and underscores',
      '  c.yaml:8:45: groups[1].nam: unknown option; did you mean name?',
      '  c.yaml:8:63: groups[2].name: the name "rack1" is already in use',
      '  c.yaml:9:12: instances: 5 requested, but there are only 3 instanceNames',
      '  c.yaml:10:17: instanceNames[0]: the name "a" is already in use',
      '  c.yaml:10:23: instanceNames[2]: must be 1 to 40 lowercase letters, digits and inner hyphens, not B',
      '  c.yaml:11:1: colour: unknown option',
      '  c.yaml:12:1: memroy: unknown option; did you mean memory?',
      '  c.yaml:13:9: memory: must be a size from 256m to 1024t, such as 512m or 2g, not 10k',
      '  c.yaml:14:9: subnet: must be the address of the network, 10.1.0.0/16, not 10.1.2.3/16',
      '  c.yaml:15:7: keep: must be true or false, not yes',
      '  c.yaml:17:7: cpus: must be a number of CPUs from 0.1 to 1024, not the text "2" (remove the quotes)',
      '  command line: restart: must be no, on-failure, unless-stopped or always, not sometimes',
    ]);
  });

  it.each([
    [
      'nodes: [{ masterCapable: false }]',
      '1:26: nodes[0].masterCapable: must be true, because the first node is the master',
    ],
    ['nodes: [{ offline: true }]', '1:20: nodes[0].offline: must be false, because the first node is the master'],
    ['nodes: [{}, { name: node1 }]', '1:21: nodes[1].name: the name "node1" is already in use'],
    ['nodes: [{ name: node2 }, {}]', '1:26: nodes[1].name: the name "node2" is already in use'],
    ['nodes: [{ vmCapable: false }]\ninstances: 1', '2:12: instances: 1 requested, but no node can host instances'],
    ['instances: 3\ninstanceNames: 2', '1:12: instances: 3 requested, but there are only 2 instanceNames'],
    ['nodes: [{ group: group3 }]\ngroups: 2', '1:18: nodes[0].group: there is no group "group3", only default, group2'],
    ['nodes:', '1:7: nodes: must be a whole number from 1 to 1000, not null'],
    ['nodes: []', '1:8: nodes: must be a list of at least one node, not []'],
    ['nodes: {}', '1:8: nodes: must be a whole number from 1 to 1000 or a list of nodes, not a map'],
    ['nodes: "3"', '1:8: nodes: must be a whole number from 1 to 1000, not the text "3" (remove the quotes)'],
    ['group: 2', '1:1: group: unknown option; did you mean groups?'],
    ['nodes: [{ master_capable: true }]', '1:11: nodes[0].master_capable: unknown option; did you mean masterCapable?'],
    ['__proto__: {}', '1:1: __proto__: unknown option'],
    ['- nodes', '1:1: (top level): must be a map such as {nodes: 3}, not a list'],
    ['nodes', '1:1: (top level): must be a map such as {nodes: 3}, not nodes'],
    ['nodes: 3\nnodes: 4', '2:1: duplicate key nodes'],
    ['nodes: 3\n---\nnodes: 4', '2:1: the file contains more than one document (---)'],
    ['nodes: !binary 3', '1:8: Unresolved tag: !binary'],
    ['nodes: [3', '1:10: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['\tnodes: 3', '1:1: Tabs are not allowed as indentation'],
    ['name: &a { b: *a }', '1:10: name: must be 1 to 40 lowercase letters, digits and inner hyphens, not a map'],
  ])('is refused with one line: %j', (text, message) => {
    expect(refusal(text)).toEqual([`c.yaml:${message}`]);
  });

  it.each([
    ['brackets', `nodes: ${'['.repeat(100_000)}`, 1],
    ['dashes', `nodes:\n${'- '.repeat(100_000)}`, 2],
  ])('is refused when it is nested too deeply by %s', (_what, text, line) => {
    expect(refusal(text)).toEqual([`c.yaml:${line}: nested too deeply`]);
  });

  it.each([
    ['', 'is empty'],
    ['# nothing but this\n', 'is empty'],
    ['nodes: *somewhere', 'cannot be read: Unresolved alias (the anchor must be set before the alias): somewhere'],
  ])('is refused without a position: %j', (text, message) => {
    expect(refusal(text)).toEqual([`c.yaml ${message}`]);
  });

  it('is refused when aliases would make it huge', () => {
    expect(refusal(bomb())).toEqual([
      'c.yaml cannot be read: Excessive alias count indicates a resource exhaustion attack',
    ]);
  });

  it('is refused with the first hundred errors, quickly', { timeout: 20_000 }, () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`);
    const [title, first, ...others] = refusal(lines.join('\n'));
    expect([title, first]).toEqual(['c.yaml is invalid:', '  c.yaml:1:1: k0: unknown option']);
    expect(others.slice(-2)).toEqual(['  c.yaml:100:1: k99: unknown option', '  ...']);
  });

  it.each([
    ['value', (long: string) => `name: ${long}`],
    ['key', (long: string) => `${long}: 1`],
    ['tag', (long: string) => `name: !${long} 1`],
    ['duplicate key', (long: string) => `? ${long}\n: 1\n? ${long}\n: 1`],
  ])('is refused without repeating a long %s', (_what, textWith) => {
    expect(refusal(textWith('x'.repeat(400_000))).join('\n').length).toBeLessThan(300);
  });

  it('can have anchors and aliases, with errors reported at the anchor', () => {
    expect(request('domain: &d lab.test\nname: x\nnodes: [&n { group: default }, *n]').spec.nodeOptions).toHaveLength(
      2,
    );
    expect(refusal('nodes: [&n { group: x }, *n]')).toEqual([
      'c.yaml is invalid:',
      '  c.yaml:1:21: nodes[0].group: there is no group "x", only default',
      '  c.yaml:1:21: nodes[1].group: there is no group "x", only default',
    ]);
  });
});

/** 10^8 values in a few lines. */
function bomb(): string {
  const lines = Array.from({ length: 8 }, (_, level) => {
    const items = Array.from({ length: 10 }, () => (level === 0 ? 'x' : `*a${level - 1}`));
    return `a${level}: &a${level} [${items.join(', ')}]`;
  });
  return lines.join('\n');
}

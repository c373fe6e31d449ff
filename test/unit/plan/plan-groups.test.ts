import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { UsageError } from '../../../src/errors.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';
import { planSchema } from '../../support/plan-schema.ts';

const planFor = (options: object) => planCluster(parseClusterSpec(options, 'test').spec);
const groupsOf = (options: object) => planFor(options).nodes.map(({ group }) => group);
const hostsOf = (options: object) => planFor(options).instances.flatMap(({ node }) => node ?? []);

describe('groups in a plan', () => {
  it('are one group with Ganeti’s default name, by default', () => {
    expect(planFor({}).groups).toEqual([{ name: 'default', allocPolicy: 'preferred' }]);
    expect(planFor({ groups: 3 }).groups.map(({ name }) => name)).toEqual(['default', 'group2', 'group3']);
  });

  it('take turns to get the nodes without a group', () => {
    expect(groupsOf({ nodes: 5, groups: 2 })).toEqual(['default', 'group2', 'default', 'group2', 'default']);
  });

  it('get a node when they have the fewest, including nodes assigned explicitly', () => {
    const nodes = [{}, { group: 'b' }, { group: 'b' }, {}, {}, {}];
    expect(groupsOf({ nodes, groups: [{ name: 'a' }, { name: 'b' }] })).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
  });

  it('differ by at most one node, and keep their nodes when the cluster grows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 8 }), (nodes, groups) => {
        const all = groupsOf({ nodes, groups });
        const sizes = planFor({ nodes, groups }).groups.map(({ name }) => all.filter((group) => group === name).length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(groupsOf({ nodes: nodes + 5, groups }).slice(0, nodes)).toEqual(all);
      }),
      { numRuns: 50 },
    );
  });
});

describe('nodes in a plan', () => {
  it('have the given names and options, and only options that differ from the defaults', () => {
    const nodes = [
      { name: 'head', masterCapable: true },
      { vmCapable: false, drained: false },
      { name: 'x', offline: true },
    ];
    const { nodes: planned, newNodes: resources } = planFor({ nodes, domain: 'lab.test' });
    expect(planned).toEqual([
      { names: ['head.lab.test', 'head'], address: '198.18.1.1', slice: 1, group: 'default', resources },
      {
        names: ['node2.lab.test', 'node2'],
        address: '198.18.1.2',
        slice: 1,
        group: 'default',
        resources,
        vmCapable: false,
      },
      { names: ['x.lab.test', 'x'], address: '198.18.1.3', slice: 1, group: 'default', resources, offline: true },
    ]);
  });
});

describe('instances in a plan', () => {
  it('are not created by default', () => {
    expect(hostsOf({})).toEqual([]);
  });

  it('are created on one node after the other, but not on nodes that cannot have instances', () => {
    const [node1, node4] = ['node1.example.com', 'node4.example.com'];
    const nodes = [{}, { drained: true }, { vmCapable: false }, { masterCapable: false }, { offline: true }];
    expect(hostsOf({ nodes, instances: 3 })).toEqual([node1, node4, node1]);
  });

  it('get the first reserved names', () => {
    const { instances } = planFor({ nodes: 1, instances: 1, instanceNames: ['web', 'db'] });
    expect(instances).toEqual([
      { names: ['web.example.com', 'web'], address: '198.18.128.1', node: 'node1.example.com' },
      { names: ['db.example.com', 'db'], address: '198.18.128.2' },
    ]);
  });

  it.each([
    [{ instanceNames: 7 }, 7],
    [{ instanceNames: ['a', 'b'] }, 2],
    [{ instances: 300 }, 300],
  ])('%j reserves %i names', (options, count) => {
    expect(planFor(options).instances).toHaveLength(count);
  });

  it.each([{ instanceNames: 127 }, { instances: 127 }])('%j do not fit in a small subnet', (options) => {
    const refused = expect(() => planFor({ ...options, subnet: '10.0.0.0/24' }));
    refused.toThrow(UsageError);
    refused.toThrow('the subnet has room for 126 instances, not for 127');
  });
});

it('a plan with all options matches the schema', () => {
  const nodes = [
    {},
    { name: 'x', group: 'b', masterCapable: false, vmCapable: false, drained: true },
    { offline: true },
  ];
  const plan = planFor({ nodes, groups: [{ name: 'a' }, { name: 'b', allocPolicy: 'unallocable' }], instances: 5 });
  expect(planSchema.parse(plan)).toEqual(plan);
});

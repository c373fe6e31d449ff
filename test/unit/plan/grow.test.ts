import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { ConflictError } from '../../../src/errors.ts';
import { grow, growPlan } from '../../../src/plan/grow.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';
import type { Plan } from '../../../src/plan/plan.ts';

const planOf = (nodes: number, options: object = {}) =>
  planCluster(parseClusterSpec({ nodes, ...options }, 'test').spec);
const without = (plan: Plan, ...shorts: string[]): Plan => {
  return { ...plan, nodes: plan.nodes.filter(({ names }) => !shorts.includes(names.at(-1) ?? '')) };
};
const grouped = (plan: Plan, ...groups: string[]): Plan => {
  const named = [...new Set(groups)].map((name) => ({ name, allocPolicy: 'preferred' as const }));
  const nodes = plan.nodes.map((node, index) => ({ ...node, group: groups[index] ?? 'default' }));
  return { ...plan, groups: named, nodes };
};
const shortNames = (plan: Plan, count: number, group?: string) =>
  growPlan(plan, count, { group }).map(({ node }) => node.names.at(-1));

describe('an extended plan', () => {
  it.each([
    [1, 1],
    [3, 2],
    [3, 50],
    [90, 10],
  ])('by nodes, %i and %i, equals a plan for all of them', (before, more) => {
    const grown = growPlan(planOf(before), more).reduce(grow, planOf(before));
    expect(grown).toEqual(planOf(before + more));
  });

  it('has the secondary addresses of a dual-homed cluster, and room for as many nodes as both subnets have', () => {
    const options = { secondarySubnet: '192.0.2.0/29' };
    const grown = growPlan(planOf(2, options), 4).reduce(grow, planOf(2, options));
    expect(grown).toEqual(planOf(6, options));
    expect(grown.nodes.map(({ secondaryAddress }) => secondaryAddress)).toEqual(
      [1, 2, 3, 4, 5, 6].map((number) => `192.0.2.${number}`),
    );
    expect(() => growPlan(grown, 1)).toThrow(ConflictError);
  });

  it('continues the numbers after the highest existing node', () => {
    expect(shortNames(without(planOf(5), 'node2', 'node4'), 2)).toEqual(['node6', 'node7']);
  });

  it('reuses free lower addresses at the end of the subnet', () => {
    const plan = without(planOf(3, { subnet: '198.18.0.0/29' }), 'node2');
    expect(growPlan(plan, 1)[0]?.node).toEqual(planOf(3, { subnet: '198.18.0.0/29' }).nodes[1]);
  });

  it('gives no name and no address twice, whatever the names of the nodes', () => {
    const plan = planOf(3);
    const [first, second, third] = plan.nodes.map((node) => ({ ...node }));
    const nodes = [{ ...first, names: ['alpha.example.com', 'alpha'] }, second, { ...third, names: ['beta'] }];
    const added = growPlan({ ...plan, nodes: nodes as Plan['nodes'] }, 1)[0]?.node;
    expect(added).toMatchObject({ names: ['node4.example.com', 'node4'], address: '198.18.1.4' });
  });

  it('names nodes in the domain of the cluster, or without a domain if it has none', () => {
    expect(growPlan(planOf(1, { domain: 'lab.internal' }), 1)[0]?.node.names).toEqual(['node2.lab.internal', 'node2']);
    const plan = { ...planOf(1), cluster: { names: ['cluster'], address: '198.18.0.1' } };
    expect(growPlan(plan, 1)[0]?.node.names).toEqual(['node2']);
  });

  it('asks Ganeti for the groups, and for addresses that instances have', () => {
    const nodes = [1, 2, 3].map((number) => {
      const known = { name: `node${number}.example.com`, role: 'candidate', vmCapable: true } as const;
      return { ...known, group: number === 3 ? 'rare' : 'prod' };
    });
    const instance = { name: 'web1', primary: 'node1.example.com', secondaries: [], template: 'diskless' };
    const instances = [{ ...instance, addresses: ['198.18.1.4'] }];
    const added = growPlan(planOf(3), 2, { inventory: { nodes, instances, groups: ['prod', 'rare'], templates: [] } });
    expect(added.map(({ node }) => [node.names.at(-1), node.address, node.group])).toEqual([
      ['node5', '198.18.1.5', 'rare'],
      ['node6', '198.18.1.6', 'prod'],
    ]);
  });

  it('puts each node into the smallest group, unless a group is given', () => {
    const plan = grouped(planOf(4), 'a', 'a', 'b', 'a');
    expect(growPlan(plan, 4).map(({ node }) => node.group)).toEqual(['b', 'b', 'a', 'b']);
    const empty = { name: 'c', allocPolicy: 'preferred' } as const;
    expect(growPlan({ ...plan, groups: [...plan.groups, empty] }, 1)[0]?.node.group).toBe('c');
    expect(growPlan(plan, 2, { group: 'c' }).map(({ node }) => node.group)).toEqual(['c', 'c']);
  });

  it('gives no address that a slice has', () => {
    const plan = planOf(1);
    const slice = { number: 1, address: '198.18.1.2', endpoint: 'default', engine: 'E', underlay: null };
    expect(growPlan({ ...plan, slices: [slice] }, 1)[0]?.node).toMatchObject({ address: '198.18.1.3' });
  });

  it('continues numbers of several digits, with and without a domain', () => {
    const plan = planOf(12);
    const nodes = plan.nodes.map((node) => ({ ...node, names: node.names.slice(-1) }));
    expect(shortNames(plan, 1)).toEqual(['node13']);
    expect(shortNames({ ...plan, nodes }, 1)).toEqual(['node13']);
  });

  it('adds names for instances as a new plan has them, unless one instance has a name of its own', () => {
    const plan = planOf(12);
    const [first, ...others] = plan.instances;
    if (first === undefined) throw new Error('the plan has no names for instances');
    const added = (instances: Plan['instances']) =>
      growPlan({ ...plan, instances }, 5).flatMap(({ instances: { length } }) => Array(length).fill(1) as number[]);
    expect(added(plan.instances)).toHaveLength(planOf(17).instances.length - plan.instances.length);
    expect(added(plan.instances).length).toBeGreaterThan(0);
    expect(added([{ ...first, names: ['web.example.com', 'web'] }, ...others])).toEqual([]);
    expect(added([{ ...first, names: ['myinstance1'] }, ...others])).toEqual([]);
  });

  it('adds no reserved names to instances with their own names', () => {
    const plan = { ...planOf(12), instances: [{ names: ['web.example.com', 'web'], address: '198.18.128.1' }] };
    expect(growPlan(plan, 5).flatMap(({ instances }) => instances)).toEqual([]);
  });

  it('refuses more than 1000 nodes, and more than fit into the subnet', () => {
    const many = () => growPlan(planOf(998), 3);
    expect(many).toThrow(ConflictError);
    expect(many).toThrow('a cluster can have at most 1000 nodes: this one has 998, requested 3 more');
    expect(many).toThrow(expect.objectContaining({ hint: 'add at most 2' }));
    expect(growPlan(planOf(998), 2)).toHaveLength(2);
    const full = () => growPlan(planOf(2, { subnet: '198.18.0.0/29' }), 2);
    expect(full).toThrow('the subnet 198.18.0.0/29 has room for 3 nodes, and 2 are in use');
    expect(full).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('add at most 1, or recreate the cluster') as string }),
    );
    const fullAlready = () => growPlan(planOf(3, { subnet: '198.18.0.0/29' }), 1);
    expect(fullAlready).toThrow('the subnet 198.18.0.0/29 has room for 3 nodes, and all 3 are in use');
    expect(fullAlready).toThrow(
      expect.objectContaining({ hint: 'remove nodes, or recreate the cluster with a larger subnet: up --subnet CIDR' }),
    );
  });
});

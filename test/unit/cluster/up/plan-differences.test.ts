import { describe, expect, it } from 'vitest';
import { findDifferences } from '../../../../src/cluster/up/differences.ts';
import { parseClusterSpec } from '../../../../src/config/parse-cluster-spec.ts';
import { planCluster } from '../../../../src/plan/plan-cluster.ts';
import type { Plan } from '../../../../src/plan/plan.ts';

const before = {
  nodes: [{}, { name: 'store', group: 'rack2', vmCapable: false }, { drained: true }],
  groups: [{ name: 'rack1' }, { name: 'rack2', allocPolicy: 'last_resort' }],
  instances: 2,
  instanceNames: ['web1', 'web2', 'db1'],
};
const plan = planCluster(parseClusterSpec(before, 'test').spec);
const container = { labels: {}, ports: [], network: '', memory: 0, nanoCpus: 0 };
const differencesTo = (made: Plan, options: object) =>
  findDifferences(parseClusterSpec(options, 'test').given, { container, plan: made, image: undefined });
const differences = (options: object) => differencesTo(plan, options);

describe('the differences between requested options and a cluster', () => {
  it('are empty when the options are the same or omitted', () => {
    expect(differences(before)).toEqual([]);
    expect(differences({})).toEqual([]);
    expect(differences({ nodes: 3, groups: before.groups })).toEqual([]);
  });

  it('are empty when default values are given or omitted', () => {
    const nodes = [{ name: 'node1', group: 'rack1', masterCapable: true, offline: false }, {}, {}];
    expect(differences({ nodes, groups: before.groups })).toEqual([]);
  });

  it('have paths', () => {
    const nodes = [{ group: 'rack2' }, { name: 'shop' }, { drained: false, vmCapable: false }];
    const groups = [{ name: 'rack1', allocPolicy: 'unallocable' }, { name: 'rack2' }];
    expect(differences({ nodes, groups, instances: 3, instanceNames: ['web1', 'web3', 'db1'] })).toEqual([
      'nodes[0].group is rack1, requested rack2',
      'nodes[1].name is store, requested shop',
      'nodes[2].vmCapable is true, requested false',
      'nodes[2].drained is true, requested false',
      'groups[0].allocPolicy is preferred, requested unallocable',
      'groups[1].allocPolicy is last_resort, requested preferred',
      'instances is 2, requested 3',
      'instanceNames[1] is web2, requested web3',
    ]);
  });

  it('show the resources of nodes as a user would write them', () => {
    const options = { nodes: [{ memory: '4g' }, { cpus: 8 }, {}], nodeMemory: '2g' };
    const other = { nodes: [{ memory: '8g', cpus: 16 }, { cpus: 4, disk: '2t' }, { memory: '2048m' }] };
    const made = planCluster(parseClusterSpec(options, 'test').spec);
    expect(differencesTo(made, options)).toEqual([]);
    expect(differencesTo(made, other)).toEqual([
      'nodes[0].memory is 4g, requested 8g',
      'nodes[1].cpus is 8, requested 4',
      'nodes[1].disk is 1t, requested 2t',
    ]);
  });

  it('show networks as a user would write them', () => {
    const options = { secondarySubnet: '192.0.2.0/24', bridges: ['br1', 'br2=203.0.113.0/24'] };
    const made = planCluster(parseClusterSpec(options, 'test').spec);
    expect(differencesTo(made, options)).toEqual([]);
    expect(differencesTo(made, { secondarySubnet: '10.0.0.0/24', bridges: ['br1=10.1.0.0/16', 'br2'] })).toEqual([
      'secondarySubnet is 192.0.2.0/24, requested 10.0.0.0/24',
      'bridges[0] is br1, requested br1=10.1.0.0/16',
      'bridges[1] is br2=203.0.113.0/24, requested br2',
    ]);
    expect(differences(options)).toEqual([
      'secondarySubnet is none, requested 192.0.2.0/24',
      'bridges is 0, requested 2',
    ]);
  });

  it('are a count when there are more or fewer', () => {
    expect(differences({ nodes: [{}], groups: 1, instanceNames: 4 })).toEqual([
      'nodes is 3, requested 1',
      'groups is 2, requested 1',
      'instanceNames is 3, requested 4',
    ]);
  });
});

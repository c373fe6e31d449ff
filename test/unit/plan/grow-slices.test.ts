import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { growPlan } from '../../../src/plan/grow.ts';
import { growSlices, nextSlice } from '../../../src/plan/choose-slice.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';
import { planSlices } from '../../../src/plan/plan-slices.ts';
import { planDepartures } from '../../../src/plan/shrink.ts';
import type { Plan } from '../../../src/plan/plan.ts';

function spread(slices: number, subnet = '198.18.0.0/16', each = 1): Plan {
  const { spec } = parseClusterSpec({ nodes: slices * each, subnet }, 'test');
  const hosts = Array.from({ length: slices }, (_, index) => {
    return { nodes: each, endpoint: `ssh://host${index + 1}`, engine: `ENGINE${index + 1}`, underlay: null };
  });
  const [plan] = planSlices(planCluster(spec), { cluster: 'demo', overlay: { kind: 'vxlan', vni: 7 }, hosts });
  if (plan === undefined) throw new Error('there is no plan');
  return plan;
}

const newcomer = { endpoint: 'ssh://new', engine: 'NEW', underlay: { address: '192.0.2.9', port: 4791 } };

describe('a slice more', () => {
  it('has the next number and address, and is in the plans of all, which are the same but for their own', () => {
    const plan = spread(2);
    const plans = growSlices(plan, newcomer);
    const slices = [...plan.slices, { number: 3, address: '198.18.0.4', ...newcomer }];
    expect(plans.map(({ slice }) => slice)).toEqual([1, 2, 3]);
    for (const grown of plans) expect(grown).toEqual({ ...plan, slices, slice: grown.slice, needs: grown.needs });
    expect(plans.map(({ needs }) => needs.memoryMiB)).toEqual([180, 180, 150]);
  });

  it('does not get the number of one that is there', () => {
    const plan = spread(3);
    expect(nextSlice({ ...plan, slices: plan.slices.filter(({ number }) => number !== 2) })).toBe(4);
  });

  it('gets the next node, and keeps no node of another slice from leaving while it has none', () => {
    const [plan = spread(2)] = growSlices(spread(2, '198.18.0.0/16', 2), newcomer);
    expect(growPlan(plan, 2).map(({ node }) => node.slice)).toEqual([3, 3]);
    const leaving = plan.nodes.filter(({ names }) => names.includes('node4'));
    const nodes = plan.nodes.map(({ names: [name = ''], group }, index) => {
      return { name, group, role: index === 0 ? 'master' : 'candidate', vmCapable: true } as const;
    });
    expect(planDepartures(plan, leaving, { nodes, instances: [] })).toHaveLength(1);
  });

  it('is refused where the subnet has no address for it', () => {
    expect(() => growSlices(spread(3, '198.18.0.0/22'), newcomer)).toThrow(
      'the subnet 198.18.0.0/22 has room for 3 hosts, not for 4',
    );
  });
});

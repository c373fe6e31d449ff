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

const joiningHost = { endpoint: 'ssh://new', engine: 'NEW', underlay: { address: '192.0.2.9', port: 4791 } };

describe('an added slice', () => {
  it('has the next number and address, and all plans are the same except for the slice they describe', () => {
    const plan = spread(2);
    const plans = growSlices(plan, joiningHost);
    const slices = [...plan.slices, { number: 3, address: '198.18.0.4', ...joiningHost }];
    expect(plans.map(({ slice }) => slice)).toEqual([1, 2, 3]);
    for (const grown of plans) expect(grown).toEqual({ ...plan, slices, slice: grown.slice, needs: grown.needs });
    expect(plans.map(({ needs }) => needs.memoryMiB)).toEqual([170, 170, 150]);
  });

  it('does not reuse an existing number', () => {
    const plan = spread(3);
    expect(nextSlice({ ...plan, slices: plan.slices.filter(({ number }) => number !== 2) })).toBe(4);
  });

  it('gets the next node, and while it is empty, nodes can leave other slices', () => {
    const [plan = spread(2)] = growSlices(spread(2, '198.18.0.0/16', 2), joiningHost);
    expect(growPlan(plan, 2).map(({ node }) => node.slice)).toEqual([3, 3]);
    const leaving = plan.nodes.filter(({ names }) => names.includes('node4'));
    const nodes = plan.nodes.map(({ names: [name = ''], group }, index) => {
      return { name, group, role: index === 0 ? 'master' : 'candidate', vmCapable: true } as const;
    });
    expect(planDepartures(plan, leaving, { nodes, instances: [], groups: ['default'], templates: [] })).toHaveLength(1);
  });

  it('is refused when the subnet has no free address', () => {
    expect(() => growSlices(spread(3, '198.18.0.0/22'), joiningHost)).toThrow(
      'the subnet 198.18.0.0/22 has room for 3 hosts, not for 4',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { ConflictError, NotFoundError } from '../../../src/errors.ts';
import { sliceOn } from '../../../src/plan/choose-slice.ts';
import { grow, growPlan } from '../../../src/plan/grow.ts';
import type { Inventory } from '../../../src/plan/inventory.ts';
import { planNeeds } from '../../../src/plan/needs.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';
import { planSlices } from '../../../src/plan/plan-slices.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { planDepartures } from '../../../src/plan/shrink.ts';

const endpoints = ['ssh://ops@alpha', 'tcp://beta:2376', 'default'];

/** The plan of the first slice of a cluster with this many nodes on each host. */
function planOf(...counts: number[]): Plan {
  const nodes = counts.reduce((sum, count) => sum + count);
  const hosts = counts.map((count, index) => {
    return { nodes: count, endpoint: endpoints[index] ?? '', engine: `E${index}`, underlay: null };
  });
  const plan = planCluster(parseClusterSpec({ nodes }, 'test').spec);
  const [first] = planSlices(plan, { cluster: 'demo', overlay: { kind: 'flat' }, hosts });
  if (first === undefined) throw new Error('there is no slice');
  return first;
}

function inventoryOf({ nodes }: Plan, template: string): Inventory {
  const names = nodes.map((node) => node.names[0] ?? '');
  return {
    nodes: names.map((name, index) => {
      return { name, group: 'default', role: index === 0 ? 'master' : 'candidate', vmCapable: true };
    }),
    instances: [{ name: 'a', primary: names.at(-1) ?? '', secondaries: [], template, addresses: [] }],
    groups: ['default'],
    templates: [template],
  };
}

describe('a cluster on several hosts', () => {
  it('adds nodes where the fewest are, and raises the limits of each slice', () => {
    const plan = planOf(3, 1, 2);
    const additions = growPlan(plan, 4);
    expect(additions.map(({ node }) => node.slice)).toEqual([2, 2, 3, 1]);
    expect(additions.map(({ needs }) => needs)).toEqual([planNeeds(2), planNeeds(3), planNeeds(3), planNeeds(4)]);
    expect(new Set(additions.reduce(grow, plan).nodes.map(({ address }) => address)).size).toBe(10);
  });

  it('adds nodes on the given host', () => {
    expect(growPlan(planOf(1, 3), 2, { slice: 2 }).map(({ node }) => node.slice)).toEqual([2, 2]);
  });

  it.each([
    ['ssh://ops@alpha', 1],
    ['alpha', 1],
    ['beta', 2],
    ['default', 3],
  ])('resolves its host %s', (host, slice) => {
    expect(sliceOn(planOf(1, 1, 1), host)).toBe(slice);
  });

  it('lists its hosts when the given one is not among them', () => {
    const lookUp = () => sliceOn(planOf(1, 1), 'gamma');
    expect(lookUp).toThrow(NotFoundError);
    expect(lookUp).toThrow(
      expect.objectContaining({
        message: 'the cluster is not on gamma',
        hint: 'it is on: ssh://ops@alpha, tcp://beta:2376',
      }),
    );
    expect(() => sliceOn(planCluster(parseClusterSpec({ nodes: 1 }, 'test').spec), 'gamma')).toThrow(NotFoundError);
  });

  it('keeps a node on each host', () => {
    const plan = planOf(2, 1);
    const leave = () => planDepartures(plan, plan.nodes.slice(2), inventoryOf(plan, 'diskless'));
    expect(leave).toThrow(ConflictError);
    expect(leave).toThrow('tcp://beta:2376 would have no nodes left');
    expect(leave).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('add another one first') as string }),
    );
  });

  it('moves instances to other hosts, except those whose disks cannot move', () => {
    const plan = planOf(1, 2);
    const leave = (template: string) => planDepartures(plan, plan.nodes.slice(2), inventoryOf(plan, template))[0];
    expect(leave('diskless')?.moves).toMatchObject([{ to: 'node1.example.com' }]);
    expect(leave('sharedfile')?.moves).toMatchObject([{ to: 'node2.example.com', by: 'migration' }]);
    expect(leave('diskless')?.needs).toEqual(planNeeds(1));
  });
});

import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { ConflictError, type VclusterError } from '../../../src/errors.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';
import type { Inventory, KnownInstance } from '../../../src/plan/inventory.ts';
import { planDepartures } from '../../../src/plan/shrink.ts';

const planOf = (nodes: number) => planCluster(parseClusterSpec({ nodes }, 'test').spec);
const node = (number: number) => `node${number}.example.com`;
const instance = (name: string, primary: number, given: Partial<KnownInstance> = {}): KnownInstance => {
  return { name, primary: node(primary), secondaries: [], template: 'diskless', addresses: [], ...given };
};

/** An inventory of this many nodes, the first of which is the master; `groups` and `roles` are by node number. */
function inventoryOf(
  nodes: number,
  instances: readonly KnownInstance[] = [],
  given: { groups?: Record<number, string>; roles?: Record<number, 'drained' | 'offline'>; idle?: number } = {},
): Inventory {
  const { groups = {}, roles = {}, idle } = given;
  const numbers = Array.from({ length: nodes }, (_, index) => index + 1);
  return {
    nodes: numbers.map((number) => ({
      name: node(number),
      group: groups[number] ?? 'default',
      role: roles[number] ?? (number === 1 ? 'master' : 'candidate'),
      vmCapable: number !== idle,
    })),
    instances,
    groups: ['default', ...Object.values(groups)],
    templates: [],
  };
}

function leave(inventory: Inventory, ...numbers: number[]) {
  const plan = planOf(4);
  return planDepartures(
    plan,
    plan.nodes.filter((_, index) => numbers.includes(index + 1)),
    inventory,
  );
}

function refusal(inventory: Inventory, ...numbers: number[]): VclusterError {
  try {
    leave(inventory, ...numbers);
  } catch (error) {
    if (error instanceof ConflictError) return error;
  }
  throw new Error('it was not refused');
}

describe('removed nodes', () => {
  it('leave a plan with the needs of the remaining nodes', () => {
    const departures = leave(inventoryOf(4), 3, 4);
    expect(departures.map((each) => each.needs)).toEqual([planOf(3).needs, planOf(2).needs]);
    expect(departures.map((each) => each.node)).toEqual([node(3), node(4)]);
  });

  it('have their instances moved to the least loaded nodes, but not to one that is removed too', () => {
    const there = [instance('a', 1), instance('b', 1), instance('c', 4), instance('d', 4), instance('e', 4)];
    expect(leave(inventoryOf(4, there), 3, 4).map(({ moves }) => moves)).toEqual([
      [],
      [
        { instance: 'c', to: node(2), by: 'migration' },
        { instance: 'd', to: node(2), by: 'migration' },
        { instance: 'e', to: node(1), by: 'migration' },
      ],
    ]);
  });

  it('have their instances moved within the group, and not to nodes that accept none', () => {
    const groups = { 1: 'other', 3: 'other' };
    const moved = leave(inventoryOf(4, [instance('a', 4)], { groups }), 4);
    expect(moved[0]?.moves).toMatchObject([{ instance: 'a', to: node(2) }]);
    const roles = { 1: 'offline', 2: 'drained' } as const;
    expect(leave(inventoryOf(4, [instance('a', 4)], { roles }), 4)[0]?.moves).toMatchObject([{ to: node(3) }]);
    expect(leave(inventoryOf(4, [instance('a', 4)], { idle: 1 }), 4)[0]?.moves).toMatchObject([{ to: node(2) }]);
  });

  it('have disks copied that no other node can reach', () => {
    const there = [instance('a', 4, { template: 'file' }), instance('b', 4, { template: 'ext' })];
    expect(leave(inventoryOf(4, there), 4)[0]?.moves).toEqual([
      { instance: 'a', to: node(1), by: 'copy' },
      { instance: 'b', to: node(2), by: 'migration' },
    ]);
  });

  it('can be unknown to Ganeti after an incomplete addition', () => {
    expect(leave(inventoryOf(3), 4)).toEqual([{ node: node(4), moves: [], needs: planOf(3).needs }]);
  });
});

describe('a removal is refused for', () => {
  it('the master, with a hint that names a suitable new master', () => {
    const { message, hint } = refusal(inventoryOf(4), 1, 2);
    expect(message).toBe('node1.example.com is the master, and cannot be removed');
    expect(hint).toContain('vcluster-box master-failover node3');
  });

  it('the master, with a placeholder in the hint when no other node can lead', () => {
    const roles = { 2: 'offline', 3: 'drained' } as const;
    expect(refusal(inventoryOf(3, [], { roles }), 1).hint).toMatch(/vcluster-box master-failover NODE$/);
  });

  it('all nodes, and the only node', () => {
    const { message, hint } = refusal(inventoryOf(4), 1, 2, 3, 4);
    expect(message).toBe('cannot remove all nodes of the cluster');
    expect(hint).toBe('remove the cluster: vcluster-box down');
    const one = planOf(1);
    expect(() => planDepartures(one, one.nodes, inventoryOf(1))).toThrow(
      'node1 is the only node of the cluster and cannot be removed',
    );
  });

  it('nodes with instances that Ganeti cannot move, all of which are named', () => {
    const there = [
      instance('a', 4, { template: 'drbd' }),
      instance('b', 4, { template: 'sharedfile' }),
      instance('c', 3, { template: 'drbd', secondaries: [node(4)] }),
      instance('d', 2, { template: 'drbd' }),
    ];
    const { message, hint, output } = refusal(inventoryOf(4, there), 4);
    expect(message).toBe('Ganeti cannot move these instances; nothing was changed');
    expect(hint).toBe('remove the instances (gnt-instance remove INSTANCE), or keep the node');
    expect(output).toEqual([
      'a on node4.example.com: its disk template drbd cannot be moved',
      'c: node4.example.com is its secondary node (drbd)',
    ]);
  });

  it('nodes with instances that have no other node in the group', () => {
    const groups = { 4: 'alone' };
    const { message, hint, output } = refusal(inventoryOf(4, [instance('a', 4)], { groups }), 4);
    expect(message).toBe('Ganeti cannot move this instance; nothing was changed');
    expect(hint).toBe('remove the instance (gnt-instance remove INSTANCE), or keep the node');
    expect(output).toEqual(['a on node4.example.com: no other node of group alone can take it']);
  });
});

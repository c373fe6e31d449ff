import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIpv4, parseCidr, sizeOf } from '../../../src/config/subnet.ts';
import { UsageError } from '../../../src/errors.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';
import type { Plan } from '../../../src/plan/plan.ts';

const subnet = '198.18.0.0/16';
const others = { domain: 'example.com', watcher: true };
const plan = (nodes: number, where = subnet) => planCluster({ nodes, subnet: where, ...others });
const addressesOf = ({ cluster, nodes, instances }: Plan) =>
  [cluster, ...nodes, ...instances].map((one) => one.address);

/** Any number of nodes with a subnet that is large enough. */
const anySpec = fc
  .record({
    nodes: fc.integer({ min: 1, max: 1000 }),
    prefix: fc.integer({ min: 8, max: 29 }),
    first: fc.integer({ min: 2 ** 24, max: 2 ** 31 }),
  })
  .map(({ nodes, first, prefix }) => {
    const size = sizeOf({ prefix });
    const room = size / 2 - Math.max(1, Math.floor(size / 256));
    return { nodes: Math.min(nodes, room), subnet: `${formatIpv4(first - (first % size))}/${prefix}`, ...others };
  });

describe('a plan', () => {
  it('gives everything its own address, inside the subnet and not its first or last one', () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const cidr = parseCidr(spec.subnet) ?? expect.fail(spec.subnet);
        const addresses = addressesOf(planCluster(spec));
        expect(new Set(addresses).size).toBe(addresses.length);
        const offsets = addresses.map((address) => (parseCidr(`${address}/32`)?.first ?? -1) - cidr.first);
        expect(Math.min(...offsets)).toBeGreaterThan(0);
        expect(Math.max(...offsets)).toBeLessThan(sizeOf(cidr) - 1);
      }),
      { numRuns: 50 },
    );
  });

  it('begins with the nodes of the plan for fewer nodes', () => {
    fc.assert(
      fc.property(anySpec, fc.integer({ min: 1, max: 1000 }), (spec, fewer) => {
        const nodes = Math.min(spec.nodes, fewer);
        const [large, small] = [planCluster(spec), planCluster({ ...spec, nodes })];
        expect(large.nodes.slice(0, nodes)).toEqual(small.nodes);
        expect(large.instances.slice(0, small.instances.length)).toEqual(small.instances);
      }),
      { numRuns: 20 },
    );
  });

  it('initialises a dual-homed cluster with the secondary address of its master', () => {
    const dual = planCluster({ nodes: 3, subnet, secondarySubnet: '192.0.2.0/24', ...others });
    expect(dual.network).toEqual({ subnet, device: 'lo', secondarySubnet: '192.0.2.0/24' });
    expect(dual.nodes.map(({ secondaryAddress }) => secondaryAddress)).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    expect(dual.init).toContain('--secondary-ip=192.0.2.1');
    expect(plan(3).init.join(' ')).not.toContain('secondary');
    expect(() => planCluster({ nodes: 7, subnet, secondarySubnet: '192.0.2.0/29', ...others })).toThrow(
      'the secondary subnet 192.0.2.0/29 has room for 6 nodes, not for 7',
    );
  });

  it('lists the bridges that are requested', () => {
    const bridges = [{ name: 'br100' }, { name: 'br200', subnet: '203.0.113.0/24' }];
    expect(planCluster({ nodes: 3, subnet, bridges, ...others }).network).toEqual({ subnet, device: 'lo', bridges });
  });

  it('has the documented addresses and names', () => {
    const { cluster, nodes, instances } = plan(300);
    expect(cluster).toEqual({ names: ['cluster.example.com', 'cluster'], address: '198.18.0.1' });
    const node1 = { names: ['node1.example.com', 'node1'], address: '198.18.1.1', slice: 1, group: 'default' };
    expect(nodes[0]).toMatchObject(node1);
    expect(nodes.at(-1)).toMatchObject({ names: ['node300.example.com', 'node300'], address: '198.18.2.44' });
    expect(instances[0]).toEqual({ names: ['instance1.example.com', 'instance1'], address: '198.18.128.1' });
  });

  it.each([
    [1, subnet, 100],
    [100, subnet, 800],
    [3, '10.0.0.0/24', 100],
    [100, '10.0.0.0/24', 126],
    [3, '10.0.0.0/29', 2],
  ])('of %i nodes in %s reserves %i instance names', (nodes, where, count) => {
    expect(plan(nodes, where).instances).toHaveLength(count);
  });

  it('needs memory per node, and inotify instances per master candidate', () => {
    expect(plan(3).needs).toMatchObject({ memoryMiB: 210, inotifyInstances: 7 });
    expect(plan(100).needs).toMatchObject({ memoryMiB: 2150, inotifyInstances: 14 });
  });

  it.each([
    [4, '10.0.0.0/29', 'has room for 3 nodes, not for 4', '/28'],
    [128, '10.0.0.0/24', 'has room for 127 nodes, not for 128', '/23'],
    [1000, '10.0.0.0/22', 'has room for 508 nodes, not for 1000', '/21'],
  ])('of %i nodes does not fit in %s, and the error suggests a fix', (nodes, where, room, wanted) => {
    const refused = expect(() => plan(nodes, where));
    refused.toThrow(UsageError);
    refused.toThrow(`the subnet ${where} ${room}`);
    try {
      plan(nodes, where);
    } catch (error) {
      expect((error as UsageError).hint).toContain(`${wanted} or shorter`);
    }
    expect(plan(nodes, `10.0.0.0${wanted}`).nodes).toHaveLength(nodes);
  });
});

import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { UsageError } from '../../../src/errors.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';
import { planSlices } from '../../../src/plan/plan-slices.ts';
import { planSchema } from '../../support/plan-schema.ts';

const overlay = { kind: 'vxlan', vni: 4711 } as const;
const hosts = [
  { nodes: 2, endpoint: 'ssh://ops@alpha', engine: 'A', advertise: '192.0.2.1' },
  { nodes: 3, endpoint: 'default', engine: 'B', advertise: '192.0.2.2' },
].map((host, index) => ({ ...host, underlay: { address: host.advertise, port: 4790 + index } }));
const { spec } = parseClusterSpec({ nodes: 5, name: 'lab' }, 'test');
const whole = planCluster(spec);
const plans = planSlices(whole, { cluster: 'lab', overlay, hosts });

describe('the plans of several slices', () => {
  it('match the schema', () => {
    for (const plan of plans) expect(planSchema.parse(plan)).toEqual(plan);
    const flat = planSlices(whole, {
      cluster: 'lab',
      overlay: { kind: 'flat' },
      hosts: hosts.map((host) => ({ ...host, underlay: null })),
    });
    for (const plan of flat) expect(planSchema.parse(plan)).toEqual(plan);
    expect(flat[0]).toMatchObject({ network: { device: 'eth0' }, slices: [{ underlay: null }, { underlay: null }] });
  });

  it('assign nodes in blocks, and differ only in their number and needs', () => {
    expect(plans.map(({ slice }) => slice)).toEqual([1, 2]);
    expect(plans[0]?.nodes.map(({ slice }) => slice)).toEqual([1, 1, 2, 2, 2]);
    expect(plans.map(({ needs }) => needs.memoryMiB)).toEqual([190, 210]);
    const [one, two] = plans;
    expect({ ...two, slice: one?.slice, needs: one?.needs }).toEqual(one);
  });

  it('list all slices, with addresses between those of the cluster and its nodes', () => {
    expect(plans[1]?.slices).toEqual([
      {
        ...{ number: 1, address: '198.18.0.2', endpoint: 'ssh://ops@alpha', engine: 'A' },
        underlay: { address: '192.0.2.1', port: 4790 },
      },
      {
        ...{ number: 2, address: '198.18.0.3', endpoint: 'default', engine: 'B' },
        underlay: { address: '192.0.2.2', port: 4791 },
      },
    ]);
    expect(plans[0]?.cluster.address).toBe('198.18.0.1');
  });

  it('assign the cluster’s address to the overlay’s device', () => {
    expect(plans[0]?.network.device).toBe('vc0');
    expect(plans[0]?.init).toContain('--master-netdev=vc0');
    expect(plans[0]?.init).not.toContain('--master-netdev=lo');
    expect(plans[0]?.init).toContain('--enabled-disk-templates=plain,drbd,file,sharedfile,ext,diskless');
  });

  it('include every host in RAPI’s certificate, and lead to RAPI from each', () => {
    expect(plans[0]?.rapi.publishedPort).toBe(5081);
    expect(plans[0]?.rapi.names).toEqual(
      expect.arrayContaining([...whole.rapi.names, '192.0.2.1', '192.0.2.2', 'vcluster-box-lab-2']),
    );
  });

  it.each([
    ['198.18.0.0/16', 200, undefined],
    ['10.0.0.0/22', 3, undefined],
    ['10.0.0.0/22', 4, 'the subnet 10.0.0.0/22 has room for 3 hosts, not for 4'],
    ['10.0.0.0/24', 2, 'the subnet 10.0.0.0/24 has room for 0 hosts, not for 2'],
  ])('of a cluster in %s on %i hosts: %s', (subnet, count, refusal) => {
    const plan = planCluster(parseClusterSpec({ nodes: count, subnet }, 'test').spec);
    const many = Array.from({ length: count }, () => ({ nodes: 1, endpoint: 'x', engine: 'x', underlay: null }));
    const planned = () => planSlices(plan, { cluster: 'lab', overlay, hosts: many });
    if (refusal === undefined) {
      const addresses = [plan.cluster, ...(planned()[0]?.slices ?? []), ...plan.nodes].map(({ address }) => address);
      expect(new Set(addresses).size).toBe(addresses.length);
    } else {
      expect(planned).toThrow(UsageError);
      expect(planned).toThrow(refusal);
    }
  });
});

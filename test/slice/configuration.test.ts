import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { type Slice, startSlice } from '../support/slice.ts';

interface Node {
  readonly name: string;
  readonly uuid: string;
  readonly primary_ip: string;
  readonly master_candidate: boolean;
  readonly serial_no: number;
}
interface Configuration {
  readonly serial_no: number;
  readonly cluster: { readonly serial_no: number; readonly candidate_certs: Readonly<Record<string, string>> };
  readonly nodes: Readonly<Record<string, Node>>;
}
interface Joined {
  readonly pool: number;
  readonly count: number;
  readonly data: Configuration;
  readonly again: Configuration;
  readonly candidates: readonly string[];
  readonly ssconf: Readonly<Record<string, string>>;
}

const start: Configuration & Readonly<Record<string, unknown>> = {
  serial_no: 3,
  mtime: 1,
  cluster: {
    serial_no: 2,
    master_node: 'id1',
    candidate_certs: { id1: 'DIGEST node1' },
    ndparams: { ssh_port: 22 },
  } as Configuration['cluster'],
  nodes: {
    id1: {
      ...{ name: 'node1', uuid: 'id1', primary_ip: '192.0.2.1', secondary_ip: '192.0.2.1', group: 'g' },
      ...{ master_candidate: true, offline: false, vm_capable: true, ndparams: {}, serial_no: 1, tags: [] },
    },
  },
  nodegroups: { g: { name: 'default' } },
};

/** Joins nodes, then joins the same nodes again. */
const code = `
import copy, json, sys
from vcluster_slice.ganeti.configuration import join
from vcluster_slice.plan.model import Node

results = []
start = json.load(sys.stdin)
for pool in (1, 2, 5, 10):
    for count in (1, 2, 3, 10, 11, 25):
        data = copy.deepcopy(start)
        data["cluster"]["candidate_pool_size"] = pool
        given = copy.deepcopy(data)
        names = [f"node{number}" for number in range(1, count + 1)]
        nodes = tuple(Node((n,), f"192.0.2.{n[4:]}", 1, "default", {}) for n in names)
        digests = {name: f"DIGEST {name}" for name in names}
        joined = join(data, nodes, digests, 5.0)
        assert data == given, "the configuration that was given is changed"
        again = join(joined.data, nodes, digests, 5.0)
        results.append({
            "pool": pool, "count": count, "data": joined.data, "again": again.data,
            "candidates": sorted(joined.candidates), "ssconf": joined.ssconf,
        })
print(json.dumps(results))
`;

describe.skipIf(!dockerAvailable)('nodes joined into a configuration', () => {
  let box: Slice;
  let cases: readonly Joined[];
  beforeAll(async () => {
    box = await startSlice({ idle: true });
    cases = JSON.parse(await python(box, code, JSON.stringify(start))) as Joined[];
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const names = (count: number) => Array.from({ length: count }, (_, index) => `node${index + 1}`);
  const nodesOf = (data: Configuration) => Object.values(data.nodes);
  const lines = (text = '') => text.split('\n').slice(0, -1);

  it('is tested with pools larger and smaller than the number of nodes', () => {
    expect(cases).toHaveLength(24);
  });

  it('has every node once, under its own id, with its own address', () => {
    for (const { data, count } of cases) {
      expect(nodesOf(data).map(({ name }) => name)).toEqual(names(count));
      expect(Object.entries(data.nodes).every(([id, { uuid }]) => id === uuid)).toBe(true);
      expect(new Set(nodesOf(data).map(({ primary_ip }) => primary_ip)).size).toBe(count);
    }
  });

  it('has as many candidates as the pool allows', () => {
    for (const { data, pool, count, candidates } of cases) {
      const chosen = nodesOf(data).filter(({ master_candidate }) => master_candidate);
      expect(chosen).toHaveLength(Math.min(pool, count));
      expect(chosen.map(({ name }) => name).toSorted()).toEqual(candidates);
    }
  });

  it('has the certificate of each candidate, and of no other node', () => {
    for (const { data } of cases) {
      const chosen = nodesOf(data).filter(({ master_candidate }) => master_candidate);
      const digests = chosen.map(({ uuid, name }) => [uuid, `DIGEST ${name}`] as const);
      expect(data.cluster.candidate_certs).toEqual(Object.fromEntries(digests));
    }
  });

  it('has serial numbers that increase with each node', () => {
    for (const { data, count } of cases) {
      expect([data.serial_no, data.cluster.serial_no]).toEqual([3 + count - 1, 2 + count - 1]);
      expect(nodesOf(data).map(({ serial_no }) => serial_no)).toEqual(names(count).map(() => 1));
    }
  });

  it('does not change when they join again', () => {
    for (const { data, again } of cases) expect(again).toEqual(data);
  });

  it('lists node2 before node10', () => {
    for (const { ssconf, count } of cases) {
      expect(lines(ssconf['node_list'])).toEqual(names(count));
      expect(lines(ssconf['online_nodes'])).toEqual(names(count));
      expect(lines(ssconf['node_primary_ips'])).toEqual(names(count).map((name) => `${name} 192.0.2.${name.slice(4)}`));
      expect(ssconf['offline_nodes']).toBe('');
    }
  });

  it('lists candidates with their addresses and certificates, in the order of their ids', () => {
    for (const { ssconf, data } of cases) {
      const chosen = nodesOf(data)
        .filter(({ master_candidate }) => master_candidate)
        .toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1));
      expect(lines(ssconf['master_candidates'])).toEqual(chosen.map(({ name }) => name));
      expect(lines(ssconf['master_candidates_ips'])).toEqual(chosen.map(({ primary_ip }) => primary_ip));
      expect(lines(ssconf['master_candidates_certs'])).toEqual(
        chosen.map(({ uuid, name }) => `${uuid}=DIGEST ${name}`),
      );
    }
  });

  it('has candidates in each slice, so that one can replace a master that is lost with its slice', async () => {
    const twelve = code
      .replace('in (1, 2, 5, 10):', 'in (4,):')
      .replace('in (1, 2, 3, 10, 11, 25):', 'in (12,):')
      .replace('{n[4:]}", 1,', '{n[4:]}", 1 + int(n[4:]) // 5,');
    const [joined] = JSON.parse(await python(box, twelve, JSON.stringify(start))) as Joined[];
    expect(joined?.candidates).toEqual(['node1', 'node10', 'node2', 'node5']);
  });

  it('refuses a node of a group that does not exist', async () => {
    const elsewhere = code.replace('"default", {}', '"nowhere", {}');
    await expect(python(box, elsewhere, JSON.stringify(start))).rejects.toThrow(
      /UnknownGroup: node node2 needs the group nowhere, which does not exist/,
    );
  });

  it('sorts names as Ganeti does', async () => {
    const mixed = ['node10', 'node2', 'a1b10', 'a1b9', 'node', '7up', 'node02', 'node1.x', 'Node3', 'node1-x', 'node1'];
    const sort = `import json, sys
from ganeti.utils import NiceSort
from vcluster_slice.ganeti.configuration import _natural
names = json.load(sys.stdin)
print(json.dumps([sorted(names, key=_natural), NiceSort(names)]))`;
    const [ours, ganeti] = JSON.parse(await python(box, sort, JSON.stringify(mixed))) as [string[], string[]];
    expect(ours).toEqual(ganeti);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planCluster } from '../../src/plan/plan-cluster.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { type Slice, startSlice } from '../support/slice.ts';

const plan = planCluster({ nodes: 3, subnet: '198.18.0.0/16', domain: 'example.com', watcher: true });

const slices = [1, 2].map((number) => ({
  number,
  address: `198.18.0.${number + 1}`,
  endpoint: `ssh://ops@host${number}`,
  engine: `id-${number}`,
  underlay: { address: `192.0.2.${number}`, port: 4790 },
}));
const several = { ...plan, segment: { kind: 'vxlan', vni: 77 }, slices, rapi: { ...plan.rapi, relayPort: 5081 } };

describe.skipIf(!dockerAvailable)('what the slice makes of a plan', () => {
  let box: Slice;
  beforeAll(async () => {
    box = await startSlice({ idle: true });
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const parse = (
    given: unknown,
    shown = 'plan.cluster.name, *(f"{node.name}={node.directory}" for node in plan.own_nodes), plan.needs',
  ) =>
    python(
      box,
      `import json, sys
from vcluster_slice.plan.loader import PlanError, parse
try:
    plan = parse(json.load(sys.stdin))
    print(${shown})
except PlanError as error:
    print("refused:", error)`,
      JSON.stringify(given),
    );

  it('is what the planner decided', async () => {
    const node = (number: number) => `node${number}.example.com=/srv/vcluster/node${number}.example.com`;
    const { memoryMiB, diskMiB, inotifyInstances } = plan.needs;
    const needs = `Needs(memory_mib=${memoryMiB}, disk_mib=${diskMiB}, inotify_instances=${inotifyInstances})`;
    expect(await parse(plan)).toBe(`cluster.example.com ${node(1)} ${node(2)} ${node(3)} ${needs}\n`);
  });

  it('has the other slices in it, if there are any', async () => {
    const shown = 'plan.segment, [each.number for each in plan.peers], plan.rapi_relay_port, plan.own_slice';
    expect(await parse(plan, shown)).toBe('None [] None None\n');
    const own = "Slice(number=1, address='198.18.0.2', endpoint='ssh://ops@host1', engine='id-1', underlay=";
    const underlay = "Underlay(address='192.0.2.1', port=4790))";
    expect(await parse(several, shown)).toBe(`Segment(kind='vxlan', vni=77) [2] 5081 ${own}${underlay}\n`);
    const flat = { ...several, segment: { kind: 'flat' }, slices: slices.map((each) => ({ ...each, underlay: null })) };
    expect(await parse(flat, 'plan.segment.kind, plan.own_slice.underlay')).toBe('flat None\n');
  });

  it.each([
    ['another version', { ...plan, version: 2 }, 'the plan has version 2, this slice knows version 1 only'],
    ['no version', {}, 'the plan has version None'],
    ['a field missing', { ...plan, needs: undefined }, "the plan lacks 'needs'"],
    ['no node', { ...plan, nodes: [] }, 'no node'],
    ['no node of this slice', { ...plan, slice: 2 }, 'no node'],
    ['a list for a plan', [], 'not a JSON object'],
    ['names that are none', { ...plan, cluster: { names: [], address: '198.18.0.1' } }, 'name'],
    ['slices and no segment', { ...several, segment: undefined }, 'several slices without a segment'],
    ['a segment and no slices', { ...several, slices: [] }, 'a segment without slices'],
    ['a segment of another kind', { ...several, segment: { kind: 'tap' } }, "a segment of kind 'tap'"],
    ['no slice of its own', { ...several, slices: several.slices.slice(1) }, 'does not list slice 1'],
    ['a slice without an address', { ...several, slices: [{ number: 1 }] }, 'lacks'],
  ])('is refused with %s', async (_what, given, reason) => {
    const answer = await parse(given);
    expect(answer).toMatch(/^refused: /);
    expect(answer).toContain(reason);
  });

  it('is in the hosts file in place, with every other line kept, however often it is written', async () => {
    const code = `import json, sys
from pathlib import Path
from vcluster_slice.network import addresses
from vcluster_slice.plan.loader import parse
addresses.HOSTS = Path("/tmp/hosts")
addresses.HOSTS.write_text("127.0.0.1\\tlocalhost\\n198.18.9.9\\tours.example.org # by hand\\n")
inode = addresses.HOSTS.stat().st_ino
plan = parse(json.load(sys.stdin))
for _ in range(3):
    addresses.write_hosts(plan)
    with addresses.HOSTS.open("a") as file:
        file.write("192.0.2.7\\tlater\\n")
assert addresses.HOSTS.stat().st_ino == inode
print(addresses.HOSTS.read_text(), end="")`;
    const written = (await python(box, code, JSON.stringify(plan))).trimEnd().split('\n');
    const begin = written.indexOf('# vcluster-box: begin');
    const end = written.indexOf('# vcluster-box: end');
    const ours = [plan.cluster, ...plan.nodes, ...plan.instances];
    expect(written.slice(begin + 1, end)).toEqual(ours.map(({ address, names }) => `${address}\t${names.join(' ')}`));
    const others = [...written.slice(0, begin), ...written.slice(end + 1)];
    expect(others.slice(0, 2)).toEqual(['127.0.0.1\tlocalhost', '198.18.9.9\tours.example.org # by hand']);
    expect(others.slice(2)).toEqual([
      expect.stringMatching(/^127\.0\.1\.1\ttest-/),
      ...Array.from({ length: 3 }, () => '192.0.2.7\tlater'),
    ]);
  });
});

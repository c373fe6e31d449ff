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
const several = { ...plan, overlay: { kind: 'vxlan', vni: 77 }, slices, rapi: { ...plan.rapi, publishedPort: 5081 } };

describe.skipIf(!dockerAvailable)('a plan that the slice reads', () => {
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

  it('has what the planner decided', async () => {
    const node = (number: number) => `node${number}.example.com=/srv/vcluster/node${number}.example.com`;
    const { memoryMiB, diskMiB, inotifyInstances } = plan.needs;
    const needs = `Needs(memory_mib=${memoryMiB}, disk_mib=${diskMiB}, inotify_instances=${inotifyInstances})`;
    expect(await parse(plan)).toBe(`cluster.example.com ${node(1)} ${node(2)} ${node(3)} ${needs}\n`);
  });

  it('has the other slices, if there are any', async () => {
    const shown = 'plan.overlay, [each.number for each in plan.peers], plan.rapi.published_port, plan.own_slice';
    expect(await parse(plan, shown)).toBe(
      "None [] 5080 Slice(number=1, endpoint='default', engine='', address='', underlay=None)\n",
    );
    const own = "Slice(number=1, endpoint='ssh://ops@host1', engine='id-1', address='198.18.0.2', underlay=";
    const underlay = "Underlay(address='192.0.2.1', port=4790))";
    expect(await parse(several, shown)).toBe(`Overlay(kind='vxlan', vni=77) [2] 5081 ${own}${underlay}\n`);
    const flat = { ...several, overlay: { kind: 'flat' }, slices: slices.map((each) => ({ ...each, underlay: null })) };
    expect(await parse(flat, 'plan.overlay.kind, plan.own_slice.underlay')).toBe('flat None\n');
  });

  it.each([
    ['another version', { ...plan, version: 2 }, 'the plan has version 2, this slice knows version 1 only'],
    ['no version', {}, 'the plan has version None'],
    ['a field missing', { ...plan, needs: undefined }, "the plan lacks 'needs'"],
    ['no node', { ...plan, nodes: [] }, 'no node'],
    ['no node of this slice', { ...plan, slice: 2 }, 'no node'],
    ['a list for a plan', [], 'not a JSON object'],
    ['a name missing', { ...plan, cluster: { names: [], address: '198.18.0.1' } }, 'no name for 198.18.0.1'],
    ['several slices and no overlay', { ...several, overlay: null }, 'several slices and no overlay'],
    ['no slices', { ...several, slices: [] }, 'does not list slice 1'],
    ['an overlay of another kind', { ...several, overlay: { kind: 'tap' } }, "an overlay network of kind 'tap'"],
    ['a VXLAN without its number', { ...several, overlay: { kind: 'vxlan' } }, "the plan lacks 'overlay.vni'"],
    ['no slice of its own', { ...several, slices: several.slices.slice(1) }, 'does not list slice 1'],
    ['a slice without an engine', { ...several, slices: [{ number: 1, endpoint: 'x' }] }, "lacks 'slices[0].engine'"],
    ['a field of another type', { ...plan, slice: '1' }, "the plan has '1' in 'slice', which is not int"],
    ['a date that is none', { ...plan, expires: 'soon' }, "the plan has 'soon' in 'expires', which is not datetime"],
  ])('is refused with %s', async (_what, given, reason) => {
    const answer = await parse(given);
    expect(answer).toMatch(/^refused: /);
    expect(answer).toContain(reason);
  });

  it('is written to the hosts file in place, repeatedly, and all other lines are kept', async () => {
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

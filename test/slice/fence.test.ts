import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import type { Slice } from '../support/slice.ts';
import { createSlices, type Slices } from '../support/slices.ts';

describe.skipIf(!dockerAvailable)('two slices of a cluster', () => {
  let made: Slices;
  beforeAll(async () => {
    made = await createSlices({ overlay: { kind: 'vxlan', vni: 0x01_4e } });
    await Promise.all(made.slices.map(({ start }) => start()));
  });
  afterAll(() => made[Symbol.asyncDispose]());

  it('can be fenced off from each other’s nodes, and still log in to each other', async () => {
    const [here, there] = made.slices as [Slice, Slice];
    const fence = (change: string) =>
      python(
        here,
        `from vcluster_slice.network import fence
from vcluster_slice.plan import loader
plan = loader.load(None)
fence.${change}(plan, plan.peers)
print([peer.number for peer in fence.closed(plan)])`,
      );
    const connects = async (from: Slice, to: string) =>
      (await from.run(['socat', '-u', 'OPEN:/dev/null', `TCP:${to}:22,connect-timeout=1`])).status === 0;
    const connected = async () => ({
      nodes: await Promise.all([connects(here, '198.18.1.3'), connects(there, '198.18.1.1')]),
      slices: await Promise.all([connects(here, '198.18.0.3'), connects(there, '198.18.0.2')]),
    });
    const network = async () => (await here.run(['sh', '-c', 'ip rule; ip route'])).stdout;
    const before = await network();
    expect(await connected()).toEqual({ nodes: [true, true], slices: [true, true] });
    for (let i = 0; i < 2; i++) expect(await fence('close')).toBe('[2]\n');
    expect(await connected()).toEqual({ nodes: [false, false], slices: [true, true] });
    expect(await fence('open_to')).toBe('[]\n');
    expect(await connected()).toEqual({ nodes: [true, true], slices: [true, true] });
    expect(await network()).toBe(before);
  });
});

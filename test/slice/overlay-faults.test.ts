import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { canMeddle, dropping } from '../support/slice-packets.ts';
import { python } from '../support/slice-python.ts';
import type { Slice } from '../support/slice.ts';
import { createSlices, type Slices } from '../support/slices.ts';

interface Found {
  readonly mtu: number | undefined;
  readonly faults: readonly (readonly [message: string, hint: string])[];
}

/** What a slice finds when it verifies the network again, with short timeouts. */
async function verify(slice: Slice, seconds = 0.5): Promise<Found> {
  const code = `
import json
from vcluster_slice.peers import deadline, verify
from vcluster_slice.plan import loader
verify.TCP_SECONDS = 1
deadline.ALL_STARTED_SECONDS = 1
for fault in verify.verify(loader.load(None), ${seconds}):
    print(json.dumps([fault.message, fault.hint]))`;
  const lines = (await python(slice, code))
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  const events = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { type: string; mtu?: number });
  const faults = lines.filter((line) => line.startsWith('[')).map((line) => JSON.parse(line) as [string, string]);
  return { mtu: events.find(({ type }) => type === 'overlay')?.mtu, faults };
}

const [first, second] = ['slice 1 (ssh://ops@host1)', 'slice 2 (ssh://ops@host2)'];

describe.skipIf(!dockerAvailable || !canMeddle)('a network fault between two slices', () => {
  let made: Slices;
  let one: Slice;
  let two: Slice;
  let endpoint: string;
  beforeAll(async () => {
    made = await createSlices({ overlay: { kind: 'vxlan', vni: 99 } });
    [one, two] = made.slices as [Slice, Slice];
    endpoint = `UDP ${two.container}:4791`;
    await Promise.all(made.slices.map(({ start }) => start()));
  });
  afterAll(() => made[Symbol.asyncDispose]());

  it('does not exist on a healthy network', async () => {
    expect(await verify(one)).toEqual({ mtu: 1450, faults: [] });
    const noted = JSON.parse((await one.run(['cat', '/run/vcluster-box/overlay.json'])).stdout) as unknown;
    expect(noted).toEqual({ mtu: 1450, peers: [{ slice: 2, mtu: 1450, rttMs: expect.any(Number) as unknown }] });
  });

  it('is reported by the sender when packets are lost in one direction', async () => {
    // As at the first start: neither knows the other's MAC address.
    for (const { run } of [one, two]) await run(['ip', 'neighbour', 'flush', 'dev', 'vc0']);
    const both = () => Promise.all([verify(one, 4), verify(two, 4)]);
    const [{ faults }, other] = await dropping(one, '-o eth0 -p udp --dport 4791', both);
    expect(faults).toEqual([
      [
        `packets from ${first} to ${second} are lost: no answer from ${endpoint}, while its own packets arrive`,
        expect.stringContaining("allow packets from slice 1's host to UDP port 4791 of slice 2's host: a firewall"),
      ],
    ]);
    expect(other.faults).toMatchObject([
      [expect.stringMatching(`^nothing has come from slice 1 .*to slice 2 `), expect.anything()],
    ]);
  });

  it('is reported when no packets arrive', async () => {
    const { faults } = await dropping(two, '-o eth0 -p udp --dport 4790', () => verify(one));
    expect(faults).toEqual([
      [
        expect.stringMatching(
          `^nothing has come from slice 2 .* to slice 1 .*, and there is no answer from ${endpoint}$`,
        ) as unknown,
        expect.stringContaining(`packets from it to UDP ${one.container}:4790 are lost`) as unknown,
      ],
    ]);
  });

  it('does not exist if the path carries only smaller packets: the MTU is lowered', async () => {
    const rule = '-o eth0 -p udp --dport 4791 -m length --length 1331:65535';
    expect(await dropping(one, rule, () => verify(one))).toEqual({ mtu: 1280, faults: [] });
    expect((await one.run(['cat', '/sys/class/net/vc0/mtu'])).stdout).toBe('1280\n');
  });

  it('is reported when the path carries only very small packets', async () => {
    const rule = '-o eth0 -p udp --dport 4791 -m length --length 300:65535';
    expect((await dropping(one, rule, () => verify(one))).faults).toEqual([
      [
        `small packets arrive from ${first} at ${second}, but packets of 576 bytes do not (${endpoint})`,
        expect.stringContaining('MTU') as unknown,
      ],
    ]);
  });

  it('is reported when only TCP is lost', async () => {
    const rule = '-o vc0 -p tcp';
    expect((await dropping(one, rule, () => verify(one))).faults).toEqual([
      [
        `${second} answers ping, but ${first} cannot open a TCP connection to it (${endpoint})`,
        expect.stringContaining('checksums') as unknown,
      ],
    ]);
  });

  it('is reported when only large TCP segments are lost', async () => {
    const rule = '-o vc0 -p tcp -m length --length 1000:65535';
    expect((await dropping(one, rule, () => verify(one))).faults).toEqual([
      [
        `TCP connects from ${first} to ${second}, but full-size segments (1450 bytes) are lost (${endpoint})`,
        expect.stringContaining('MTU') as unknown,
      ],
    ]);
  });

  it('is reported sooner, and with a definite cause, when all slices are known to run', async () => {
    await one.run(['vcluster-slice', 'all-started']);
    const { faults } = await dropping(two, '-o eth0 -p udp --dport 4790', () => verify(one, 120));
    expect(faults).toEqual([
      [
        expect.stringMatching(/^nothing has come from slice 2 .* in [2-5] s, and there is no answer/) as unknown,
        expect.stringMatching(/^slice 2 runs, so packets from it to UDP .*:4790 are lost/) as unknown,
      ],
    ]);
  });
});

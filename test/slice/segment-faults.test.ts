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

/** What a slice finds when it proves the network once more, with little patience. */
async function prove(slice: Slice, seconds = 0.5): Promise<Found> {
  const code = `
import json
from vcluster_slice.peers import deadline, verify
from vcluster_slice.plan import loader
verify.TCP_SECONDS = 1
deadline.ALL_STARTED = 1
for fault in verify.prove(loader.load(None), ${seconds}):
    print(json.dumps([fault.message, fault.hint]))`;
  const lines = (await python(slice, code))
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  const events = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { type: string; mtu?: number });
  const faults = lines.filter((line) => line.startsWith('[')).map((line) => JSON.parse(line) as [string, string]);
  return { mtu: events.find(({ type }) => type === 'segment')?.mtu, faults };
}

const [first, second] = ['slice 1 (ssh://ops@host1)', 'slice 2 (ssh://ops@host2)'];

describe.skipIf(!dockerAvailable || !canMeddle)('what is wrong between two slices', () => {
  let made: Slices;
  let one: Slice;
  let two: Slice;
  let place: string;
  beforeAll(async () => {
    made = await createSlices({ overlay: { kind: 'vxlan', vni: 99 } });
    [one, two] = made.slices as [Slice, Slice];
    place = `UDP ${two.container}:4791`;
    await Promise.all(made.slices.map(({ start }) => start()));
  });
  afterAll(() => made[Symbol.asyncDispose]());

  it('is nothing', async () => {
    expect(await prove(one)).toEqual({ mtu: 1450, faults: [] });
    const noted = JSON.parse((await one.run(['cat', '/run/vcluster-box/segment.json'])).stdout) as unknown;
    expect(noted).toEqual({ mtu: 1450, peers: [{ slice: 2, mtu: 1450, rttMs: expect.any(Number) as unknown }] });
  });

  it('is named when packets are lost one way, by him who sends them', async () => {
    // As when they begin: neither knows the other's hardware address.
    for (const { run } of [one, two]) await run(['ip', 'neighbour', 'flush', 'dev', 'vc0']);
    const both = () => Promise.all([prove(one, 4), prove(two, 4)]);
    const [{ faults }, other] = await dropping(one, '-o eth0 -p udp --dport 4791', both);
    expect(faults).toEqual([
      [
        `packets from ${first} to ${second} are lost: nothing answers at ${place}, while its own arrive here`,
        expect.stringContaining("let UDP port 4791 of slice 2's host take packets from slice 1's host: a firewall"),
      ],
    ]);
    expect(other.faults).toMatchObject([
      [expect.stringMatching(`^nothing has come from slice 1 .*to slice 2 `), expect.anything()],
    ]);
  });

  it('is named when nothing comes at all', async () => {
    const { faults } = await dropping(two, '-o eth0 -p udp --dport 4790', () => prove(one));
    expect(faults).toEqual([
      [
        expect.stringMatching(
          `^nothing has come from slice 2 .* to slice 1 .*, and nothing answers at ${place}$`,
        ) as unknown,
        expect.stringContaining(`packets from it to UDP ${one.container}:4790 are lost`) as unknown,
      ],
    ]);
  });

  it('is no fault when the way takes smaller packets only: then all packets are smaller', async () => {
    const rule = '-o eth0 -p udp --dport 4791 -m length --length 1331:65535';
    expect(await dropping(one, rule, () => prove(one))).toEqual({ mtu: 1280, faults: [] });
    expect((await one.run(['cat', '/sys/class/net/vc0/mtu'])).stdout).toBe('1280\n');
  });

  it('is named when the way takes hardly any', async () => {
    const rule = '-o eth0 -p udp --dport 4791 -m length --length 300:65535';
    expect((await dropping(one, rule, () => prove(one))).faults).toEqual([
      [
        `small packets pass from ${first} to ${second}, and those of 576 bytes do not (${place})`,
        expect.stringContaining('MTU') as unknown,
      ],
    ]);
  });

  it('is named when TCP alone does not pass', async () => {
    const rule = '-o vc0 -p tcp';
    expect((await dropping(one, rule, () => prove(one))).faults).toEqual([
      [
        `${second} answers ping, and no TCP connection from ${first} to it comes about (${place})`,
        expect.stringContaining('checksums') as unknown,
      ],
    ]);
  });

  it('is named when large segments alone do not pass', async () => {
    const rule = '-o vc0 -p tcp -m length --length 1000:65535';
    expect((await dropping(one, rule, () => prove(one))).faults).toEqual([
      [
        `TCP connects from ${first} to ${second}, but full-size segments (1450 bytes) are lost (${place})`,
        expect.stringContaining('MTU') as unknown,
      ],
    ]);
  });

  it('is told soon, and more surely, when all slices are known to run', async () => {
    await one.run(['vcluster-slice', 'all-started']);
    const { faults } = await dropping(two, '-o eth0 -p udp --dport 4790', () => prove(one, 120));
    expect(faults).toEqual([
      [
        expect.stringMatching(/^nothing has come from slice 2 .* in [2-5] s, and nothing answers/) as unknown,
        expect.stringMatching(/^slice 2 runs, so packets from it to UDP .*:4790 are lost/) as unknown,
      ],
    ]);
  });
});

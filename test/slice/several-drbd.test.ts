import { afterAll, beforeAll, describe, expect } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { list, node1, node2, node3 } from '../support/several-slices.ts';
import type { Slice } from '../support/slice.ts';
import { createSlices, type Slices } from '../support/slices.ts';
import { story } from '../support/story.ts';

const instance = 'instance2.example.com';
const connected = (roles: string) => `cs:Connected ro:${roles} ds:UpToDate/UpToDate`;

/** node1 is in the first slice, node2 and node3 in the second. */
describe.skipIf(!dockerAvailable)('simulated DRBD between two slices', () => {
  const step = story();
  let made: Slices;
  let one: Slice;
  let two: Slice;
  beforeAll(async () => {
    made = await createSlices({ overlay: { kind: 'vxlan', vni: 0x02_4e }, nodes: [1, 2], cluster: (plan) => plan });
    [one, two] = made.slices as [Slice, Slice];
    await Promise.all([one.start(), two.start()]);
  }, 300_000);
  afterAll(() => made[Symbol.asyncDispose]());

  step('mirrors the disks of an instance', async () => {
    await gnt('gnt-instance', 'add', '-t', 'drbd', '-o', 'noop', '-n', `${node1}:${node2}`, '-s', '66M', instance);
    expect(await status(node2)).toBe(connected('Secondary/Primary'));
    await write(node1, 'hello');
    await expect.poll(() => sum(node2), { timeout: 10_000 }).toBe(await sum(node1));
  });

  step('keeps holes, and copies nothing if nothing was written', async () => {
    const allocated = await on(node2, 'stat -Lc %b $GANETI_ROOTDIR/dev/xenvg/*_data');
    expect(Number(allocated)).toBeLessThan(1024);
    const changed = () => on(node2, 'stat -Lc %y $GANETI_ROOTDIR/dev/xenvg/*_data');
    const before = await changed();
    await gnt('gnt-instance', 'reboot', instance);
    expect(await changed()).toBe(before);
  });

  step('allows migration there and failover back, with the data', async () => {
    for (const [node, text, how] of [
      [node1, 'first', 'migrate'],
      [node2, 'other', 'failover'],
    ] as const) {
      await write(node, text);
      const before = await sum(node);
      await gnt('gnt-instance', how, '-f', instance);
      expect(await sum(node === node1 ? node2 : node1)).toBe(before);
    }
    await verify();
  });

  step('replaces disks on the primary, on the secondary, and the secondary', async () => {
    await write(node1, 'saved');
    const before = await sum(node1);
    for (const [how, secondary] of [
      [['-p'], node2],
      [['-s'], node2],
      [['-n', node3], node3],
      [['-n', node2], node2],
    ] as const) {
      await gnt('gnt-instance', 'replace-disks', ...how, instance);
      expect([await sum(node1), await sum(secondary)]).toEqual([before, before]);
    }
    await verify();
  });

  step('grows disks', async () => {
    await gnt('gnt-instance', 'grow-disk', instance, '0', '30M');
    await on(
      node1,
      'dd if=/dev/urandom bs=64K count=8 seek=1500 conv=notrunc status=none of=$GANETI_ROOTDIR/dev/drbd0',
    );
    await expect.poll(() => sum(node2), { timeout: 10_000 }).toBe(await sum(node1));
  });

  step('has what was brought over when the primary loses its power, and synchronises it later', async () => {
    await write(node1, 'saved');
    const before = await sum(node1);
    await expect.poll(() => sum(node2), { timeout: 10_000 }).toBe(before);
    await gnt('gnt-instance', 'migrate', '-f', instance);
    await power('off', node2);
    expect(await status(node1)).toBe('cs:WFConnection ro:Secondary/Unknown ds:UpToDate/DUnknown');
    await gnt('gnt-node', 'modify', '--offline=yes', '--auto-promote', node2);
    await gnt('gnt-node', 'failover', '-f', '--ignore-consistency', node2);
    expect(await sum(node1)).toBe(before);
    await write(node1, 'after');
    await power('on', node2);
    await gnt('gnt-node', 'modify', '-f', '--offline=no', node2);
    await gnt('gnt-instance', 'activate-disks', instance);
    await expect.poll(() => status(node2), { timeout: 30_000 }).toBe(connected('Secondary/Primary'));
    expect(await sum(node2)).toBe(await sum(node1));
    await verify();
  });

  step('waits for a slice that is killed, and goes on when it is back', async () => {
    await killSlice(two);
    expect(await status(node1)).toBe('cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown');
    await write(node1, 'alone');
    await two.start();
    await expect.poll(() => status(node1), { timeout: 30_000 }).toBe(connected('Primary/Secondary'));
    expect(await sum(node2)).toBe(await sum(node1));
    await verify();
  });

  step('allows evacuation, conversion to one disk and back, and removal', async () => {
    await gnt('gnt-node', 'evacuate', '-s', '-f', '-n', node3, node2);
    expect(await list(one, node1, `gnt-instance list -o pnode,snodes ${instance}`)).toBe(`${node1} ${node3}\n`);
    await gnt('gnt-instance', 'stop', instance);
    await gnt('gnt-instance', 'modify', '-t', 'plain', instance);
    await gnt('gnt-instance', 'modify', '-t', 'drbd', '-n', node2, instance);
    await gnt('gnt-instance', 'start', instance);
    expect(await sum(node2)).toBe(await sum(node1));
    await gnt('gnt-instance', 'remove', '-f', instance);
    for (const node of [node1, node2, node3]) expect(await on(node, 'lvs')).toBe('');
    await verify();
  });

  const gnt = (...argv: string[]) => one.gnt(node1, ...argv);
  const on = (node: string, ...argv: string[]) => (node === node1 ? one : two).gnt(node, ...argv);
  const write = (node: string, text: string) =>
    on(node, `printf ${text} | dd conv=notrunc status=none of=$GANETI_ROOTDIR/dev/drbd0`);
  /** Checksum of the data volume, which is looked at without `drbdsetup`. */
  const sum = async (node: string) =>
    (await on(node, `sha256sum <$(ls $GANETI_ROOTDIR/dev/xenvg/*_data)`)).slice(0, 64);

  async function status(node: string) {
    return /^ +\d+: (cs:\S+ ro:\S+ ds:\S+)/m.exec(await on(node, 'drbdsetup', 'status'))?.[1];
  }

  async function power(state: 'on' | 'off', node: string) {
    const { status: code, stderr } = await one.run(['/usr/lib/vcluster-box/oob', `power-${state}`, node]);
    if (code !== 0) throw new Error(stderr);
  }

  async function verify() {
    expect(await gnt('gnt-cluster', 'verify')).not.toMatch(/ERROR|WARNING/);
  }
});

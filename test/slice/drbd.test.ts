import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { story } from '../support/story.ts';

const [node1, node2, node3] = ['node1.example.com', 'node2.example.com', 'node3.example.com'];
const instance = 'instance1.example.com';
const mebi = 1024 ** 2;

describe.skipIf(!dockerAvailable).each(ganetiVersions)('simulated DRBD, Ganeti %s', (ganeti) => {
  const step = story();
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ ganeti });
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  step('mirrors the disks of an instance', async () => {
    await gnt('gnt-instance', 'add', '-t', 'drbd', '-o', 'noop', '-n', `${node2}:${node3}`, '-s', '66M', instance);
    expect(await info()).toMatch(
      /on primary: .*node2.*\/dev\/drbd0 \(147:0\) in sync, status ok\n.*on secondary: .*node3.* status ok/,
    );
    await write(node2, 'hello');
    expect(await sums()).toEqual([await sum(node2), await sum(node2)]);
    expect(await gnt('gnt-node', 'list-drbd', '--no-headers', '--separator=|', node2)).toBe(
      `${node2}|0|${instance}|disk/0|primary|${node3}\n`,
    );
    await verify();
  });

  step('keeps pairs connected when the slice is killed', async () => {
    await killSlice(slice);
    await slice.start();
    expect(await status(node3)).toBe('cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate');
    await verify();
  });

  step('allows migration and failover, with the data', async () => {
    await gnt('gnt-instance', 'migrate', '-f', instance);
    expect(await status(node3)).toBe('cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate');
    await write(node3, 'later');
    await gnt('gnt-instance', 'failover', '-f', instance);
    expect(await read(node2)).toBe('later');
    await verify();
  });

  step('replaces disks on the primary, on the secondary, and the secondary', async () => {
    const before = await sum(node2);
    for (const how of [['-p'], ['-s'], ['-n', node1], ['-I', 'hail'], ['-n', node3]]) {
      await gnt('gnt-instance', 'replace-disks', ...how, instance).catch((error: unknown) => {
        // hail can have chosen that node already.
        if (!String(error).includes('already the secondary')) throw error;
      });
    }
    expect(await sums()).toEqual([before, before]);
    await verify();
  });

  step('grows disks', async () => {
    await gnt('gnt-instance', 'grow-disk', instance, '0', '30M');
    expect(await read(node2)).toBe('later');
    expect(await on(node2, `blockdev --getsize64 $GANETI_ROOTDIR/dev/drbd0`)).toBe(`${100 * mebi}\n`);
    expect(new Set(await sums()).size).toBe(1);
    await verify();
  });

  step('loses nothing when the primary loses its power, and synchronises it when it comes back', async () => {
    await write(node2, 'saved');
    const before = await sum(node2);
    await power('off', node2);
    await expect(verify()).rejects.toThrow(/degraded|failed/);
    await gnt('gnt-node', 'modify', '--offline=yes', '--auto-promote', node2);
    await gnt('gnt-node', 'failover', '-f', '--ignore-consistency', node2);
    expect(await sum(node3)).toBe(before);
    expect(await status(node3)).toBe('cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown');
    await write(node3, 'after');
    await power('on', node2);
    expect(await read(node2)).toBe('saved');
    await gnt('gnt-node', 'modify', '-f', '--offline=no', node2);
    await gnt('gnt-instance', 'activate-disks', instance);
    await expect
      .poll(() => status(node2), { timeout: 30_000 })
      .toBe('cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate');
    expect(await sums()).toEqual([await sum(node3), await sum(node3)]);
    await verify();
  });

  step('gives up a failed disk, which Ganeti replaces', async () => {
    for (const disk of ['sda3', 'sdb1']) await on(node2, 'vcluster-disk', 'fail', disk);
    expect(await status(node3)).toBe('cs:Connected ro:Primary/Secondary ds:UpToDate/Diskless');
    expect(await info()).toMatch(/on secondary: .*DEGRADED.*MISSING DISK/);
    for (const disk of ['sda3', 'sdb1']) await on(node2, 'vcluster-disk', 'restore', disk);
    await gnt('gnt-instance', 'replace-disks', '-a', instance);
    expect(await status(node2)).toBe('cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate');
    await verify();
  });

  step('shows a split brain, in which one side gives up its changes', async () => {
    const [resource, address] = ['resource0', '198.18.1'];
    const [two, three] = [`ipv4:${address}.2:11000`, `ipv4:${address}.3:11000`];
    const minor = /^ (\d+): cs/m.exec(await on(node2, 'drbdsetup', 'status'))?.[1] ?? '';
    expect(minor).toBe('0');
    await on(node2, 'drbdsetup', 'disconnect', two, three);
    await on(node2, 'drbdsetup', 'primary', minor);
    await write(node2, 'wrong');
    await on(node2, 'drbdsetup', 'secondary', minor);
    await on(node2, 'drbdsetup', 'connect', resource, two, three, '--protocol', 'C');
    expect(await status(node3)).toBe('cs:StandAlone ro:Primary/Unknown ds:UpToDate/DUnknown');
    await on(node2, 'drbdsetup', 'connect', resource, two, three, '--protocol', 'C', '--discard-my-data');
    await on(node3, 'drbdsetup', 'connect', resource, three, two, '--protocol', 'C');
    const synchronised = 'cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate';
    await expect.poll(() => status(node2), { timeout: 30_000 }).toBe(synchronised);
    expect([await read(node2), await read(node3)]).toEqual(['after', 'after']);
    await gnt('gnt-instance', 'replace-disks', '-n', node1, instance);
    await verify();
  });

  step('allows evacuation, conversion to one disk and back, and removal', async () => {
    await gnt('gnt-node', 'evacuate', '-s', '-f', node1);
    await gnt('gnt-node', 'evacuate', '-p', '-f', node3);
    expect(await gnt('gnt-instance', 'list', '--no-headers', '-o', 'pnode,snodes')).toMatch(/^node2\S+ +node3/);
    await gnt('gnt-instance', 'stop', instance);
    await gnt('gnt-instance', 'modify', '-t', 'plain', instance);
    await gnt('gnt-instance', 'modify', '-t', 'drbd', '-n', node1, instance);
    await gnt('gnt-instance', 'start', instance);
    expect(await read(node2)).toBe('after');
    await verify();
    await gnt('gnt-instance', 'remove', '-f', instance);
    for (const node of [node1, node2, node3]) expect(await on(node, 'lvs')).toBe('');
    await verify();
  });

  it('reports the version of DRBD that Ganeti supports', async () => {
    expect(await on(node1, 'drbdsetup', 'status')).toMatch(/^version: 8\.4\.\d+ \(api:1\/proto:86-101\)$/m);
  });

  const gnt = (...argv: string[]) => slice.gnt(node1, ...argv);
  const on = (node: string, ...argv: string[]) => slice.gnt(node, ...argv);
  const info = () => gnt('gnt-instance', 'info', instance);
  const write = (node: string, text: string) =>
    on(node, `printf ${text} | dd conv=notrunc status=none of=$GANETI_ROOTDIR/dev/drbd0`);
  const read = (node: string) => on(node, `head -c 5 $GANETI_ROOTDIR/dev/xenvg/*_data`);
  const sum = async (node: string) =>
    (await on(node, `sha256sum <$(ls $GANETI_ROOTDIR/dev/xenvg/*_data)`)).slice(0, 64);

  /** Checksums of the data volumes of all nodes. */
  async function sums() {
    const { stdout } = await slice.run(['sh', '-c', 'sha256sum /srv/vcluster/*/dev/xenvg/*_data']);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.slice(0, 64));
  }

  async function status(node: string) {
    return /^ +\d+: (cs:\S+ ro:\S+ ds:\S+)/m.exec(await on(node, 'drbdsetup', 'status'))?.[1];
  }

  async function power(state: 'on' | 'off', node: string) {
    const { status: code, stderr } = await slice.run(['/usr/lib/vcluster-box/oob', `power-${state}`, node]);
    if (code !== 0) throw new Error(stderr);
  }

  async function verify() {
    expect(await gnt('gnt-cluster', 'verify')).not.toMatch(/ERROR|WARNING/);
  }
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { story } from '../support/story.ts';

const [node1, node2, node3] = ['node1.example.com', 'node2.example.com', 'node3.example.com'];
const [instance1, instance2, instance3] = ['instance1.example.com', 'instance2.example.com', 'instance3.example.com'];
const mebi = 1024 ** 2;

describe.skipIf(!dockerAvailable).each(ganetiVersions)('simulated LVM, Ganeti %s', (ganeti) => {
  const step = story();
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ ganeti });
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  step('gives each node a volume group as large as its disk, on two physical volumes', async () => {
    expect(await table('gnt-node', 'list', '-o', 'name,dtotal,dfree')).toEqual(
      [node1, node2, node3].map((node) => [node, `${mebi}`, `${mebi}`]),
    );
    expect(await table('gnt-node', 'list-storage', '-o', 'node,type,name,free')).toContainEqual([
      ...[node2, 'lvm-vg', 'xenvg', `${mebi}`],
    ]);
    const physical = await table('gnt-node', 'list-storage', '-t', 'lvm-pv', '-o', 'node,name,size,allocatable');
    expect(physical).toHaveLength(6);
    expect(physical).toContainEqual([node3, '/dev/sdb1', `${mebi / 2}`, 'Y']);
  });

  step('holds the disks of instances without a disk template, at their size', async () => {
    await gnt('gnt-instance', 'add', '-o', 'noop', '-n', node1, '--disk=0:size=66M', instance1);
    expect(await table('gnt-node', 'volumes', '-o', 'node,phys,vg,size,instance')).toEqual([
      [node1, '/dev/sda3', 'xenvg', '68', instance1],
    ]);
    expect(await dfree(node1)).toBe(mebi - 68);
    expect(await gnt('gnt-instance', 'info', instance1)).toMatch(
      /on primary: \/srv\/vcluster\/node1.example.com\/dev\/xenvg\/\S+\.disk0 \(253:0\)/,
    );
    const columns = ['--noheadings', '--separator=|', '-o', 'lv_attr,lv_tags'];
    expect((await on(node1, 'lvs', ...columns)).trim()).toBe(`-wi-ao----|originstname+${instance1}`);
    await expect(on(node1, 'lvremove', '-f', 'xenvg')).rejects.toThrow(/in use/);
    await write(node1, 'hello');
  });

  step('keeps volumes and what they contain when the slice is killed', async () => {
    await killSlice(slice);
    await slice.start();
    expect(await read(node1)).toBe('hello');
    expect(await dfree(node1)).toBe(mebi - 68);
    await verify();
  });

  step('grows disks', async () => {
    await gnt('gnt-instance', 'grow-disk', instance1, '0', '28M');
    expect(await read(node1)).toBe('hello');
    expect(await dfree(node1)).toBe(mebi - 96);
    await expect(gnt('gnt-instance', 'grow-disk', instance1, '0', '2T')).rejects.toThrow(/[Nn]ot enough/);
  });

  step('makes a backup from a snapshot, while the instance runs again', async () => {
    const told = await gnt('gnt-backup', 'export', '-n', node3, instance1);
    expect(told.indexOf('Starting instance')).toBeLessThan(told.indexOf('Exporting snapshot/0'));
    expect(await dfree(node1)).toBe(mebi - 96);
  });

  step('allows moving an instance with its data', async () => {
    await gnt('gnt-instance', 'move', '-f', '-n', node2, instance1);
    expect(await read(node2)).toBe('hello');
    expect(await allocatedKiB(node2)).toBeLessThan(2048);
    expect(await dfree(node1)).toBe(mebi);
    await verify();
  });

  step('allows conversion to files and back, which use the same disk', async () => {
    await gnt('gnt-instance', 'stop', instance1);
    await gnt('gnt-instance', 'modify', '-t', 'file', instance1);
    expect(await dfree(node2)).toBe(mebi - 96);
    expect(await table('gnt-node', 'list-storage', '-t', 'file', '-o', 'node,free')).toContainEqual([
      node2,
      `${mebi - 96}`,
    ]);
    await gnt('gnt-instance', 'modify', '-t', 'plain', instance1);
    expect(await read(node2)).toBe('hello');
    expect(await allocatedKiB(node2)).toBeLessThan(2048);
  });

  step('restores an instance from its backup, and renames and reinstalls it', async () => {
    await gnt('gnt-instance', 'remove', '-f', instance1);
    const from = ['--net', '0:mac=generate', '--src-node', node3];
    await gnt('gnt-backup', 'import', ...from, '-n', node1, instance1);
    expect(await read(node1)).toBe('hello');
    await gnt('gnt-instance', 'rename', instance1, instance2);
    await gnt('gnt-instance', 'reinstall', '-f', instance2);
    await gnt('gnt-instance', 'start', instance2);
    await verify();
    await gnt('gnt-instance', 'remove', '-f', instance2);
    expect(await on(node1, 'lvs')).toBe('');
  });

  step('lets Ganeti adopt a volume that was made by hand, and no volume that is missing or used', async () => {
    await on(node3, 'lvcreate', '-L', '64M', '-n', 'mine', 'xenvg');
    await write(node3, 'mine!');
    const adopt = (name: string, instance: string) =>
      gnt('gnt-instance', 'add', '-t', 'plain', '-o', 'noop', '-n', node3, `--disk=0:adopt=${name}`, instance);
    await expect(adopt('other', instance3)).rejects.toThrow(/Missing logical volume/);
    await adopt('mine', instance3);
    expect(await read(node3)).toBe('mine!');
    const [[name]] = (await table('gnt-node', 'volumes', '-o', 'name')) as [[string]];
    await expect(adopt(name, instance1)).rejects.toThrow(/used by another instance/);
    await verify();
  });

  step('loses the volumes of a failed disk, which Ganeti reports and repairs', async () => {
    await on(node3, 'vcluster-disk', 'fail', 'sda3');
    await expect(read(node3)).rejects.toThrow();
    await gnt('gnt-node', 'repair-storage', node3, 'lvm-vg', 'xenvg');
    expect(await dfree(node3)).toBe(mebi / 2);
    await expect(verify()).rejects.toThrow(/volume xenvg\/\S+ missing/);
    await gnt('gnt-instance', 'stop', instance3);
    await gnt('gnt-instance', 'recreate-disks', instance3);
    await gnt('gnt-instance', 'start', instance3);
    await verify();
    expect(await read(node3)).toBe('\0'.repeat(5));
  });

  step('allocates on no physical volume that is not allocatable', async () => {
    await gnt('gnt-node', 'modify-storage', '--allocatable=no', node2, 'lvm-pv', '/dev/sda3');
    await gnt('gnt-instance', 'add', '-o', 'noop', '-n', node2, '-s', '64M', instance1);
    expect(await table('gnt-node', 'volumes', '-o', 'node,phys')).toContainEqual([node2, '/dev/sdb1']);
    await gnt('gnt-node', 'modify-storage', '--allocatable=yes', node2, 'lvm-pv', '/dev/sda3');
    await gnt('gnt-instance', 'remove', '-f', instance1);
  });

  step('lets Ganeti wipe disks, and choose a node by the space that is left', async () => {
    await gnt('gnt-cluster', 'modify', '--prealloc-wipe-disks=yes');
    const disks = ['--disk=0:size=900G', '--disk=1:size=33M'];
    await gnt('gnt-instance', 'add', '-o', 'noop', '-n', node1, '--no-wait-for-sync', '--disk=0:size=33M', instance1);
    expect(await allocatedKiB(node1)).toBe(0);
    await gnt('gnt-cluster', 'modify', '--prealloc-wipe-disks=no');
    await gnt('gnt-instance', 'add', '-o', 'noop', '-I', 'hail', ...disks, instance2);
    await expect(gnt('gnt-instance', 'add', '-o', 'noop', '-n', node3, '-s', '900G', 'instance4')).rejects.toThrow(
      /[Nn]ot enough/,
    );
    const [[primary]] = (await table('gnt-instance', 'list', '-o', 'pnode', instance2)) as [[string]];
    expect(primary).not.toBe(node3);
    await verify();
  });

  it('says how its programs can be used when no node is meant', async () => {
    const { status, stderr } = await slice.run(['lvs']);
    expect(status).toBe(5);
    expect(stderr).toContain('vcluster-box exec NODE lvs');
  });

  const gnt = (...argv: string[]) => slice.gnt(node1, ...argv);
  const on = (node: string, ...argv: string[]) => slice.gnt(node, ...argv);
  const dfree = async (node: string) => Number((await table('gnt-node', 'list', '-o', 'dfree', node))[0]?.[0]);
  const device = (node: string) => `/srv/vcluster/${node}/dev/xenvg/*`;

  async function verify() {
    expect(await gnt('gnt-cluster', 'verify')).not.toMatch(/ERROR|WARNING/);
  }

  async function table(program: string, command: string, ...rest: string[]) {
    const text = await gnt(program, command, '--no-headers', '--separator=|', '--units=m', ...rest);
    return text
      .trim()
      .split('\n')
      .map((line) => line.split('|'))
      .toSorted();
  }

  const write = (node: string, text: string) =>
    on(node, `printf ${text} | dd conv=notrunc status=none of=$(ls ${device(node)})`);
  const read = (node: string) => on(node, `head -c 5 ${device(node)}`);
  const allocatedKiB = async (node: string) =>
    Number((await on(node, `du -ckL ${device(node)} | tail -n 1 | cut -f1`)).trim());
});

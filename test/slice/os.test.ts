import { describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type Slice, startSlice } from '../support/slice.ts';

const node = 'node1.example.com';
const shipped = ['dummy', 'dummy-variants+filled', 'dummy-variants+header', 'noop', 'tinyfs+ext2', 'tinyfs+ext4'];

const add = (slice: Slice, name: string, os: string, ...options: string[]) =>
  slice.gnt(node, 'gnt-instance', 'add', '-t', 'file', '-s', '16M', '-n', node, '-o', os, ...options, name);

/** Runs a line of shell with the one disk of an instance, as Ganeti's hooks would see it, in `$disk`. */
const withDisk = async ({ run }: Slice, name: string, line: string) => {
  const find = `disk=$(find /srv/ganeti /srv/vcluster -path '*/${name}/*.disk0' -type f)`;
  const { status, stdout, stderr } = await run(['bash', '-euc', `${find}; ${line}`]);
  if (status !== 0) throw new Error(stderr);
  return stdout;
};

/** Content of another file system after `tinyfs` has renamed the instance. */
const renamed = `mkdir /tmp/foreign; echo mine >/tmp/foreign/hosts; truncate -s 4M /tmp/disk; mke2fs -q -F -d /tmp/foreign /tmp/disk
export OS_NAME=tinyfs INSTANCE_NAME=other.example.com DISK_COUNT=1 DISK_0_PATH=/tmp/disk
/usr/share/ganeti/os/tinyfs/rename 2>&1; debugfs -R 'cat /hosts' /tmp/disk 2>&-`;

/** For instance2, restored as instance3 on the other node. */
async function exportAndImport(slice: Slice): Promise<void> {
  await slice.gnt(node, 'gnt-backup', 'export', '-n', node, 'instance2.example.com');
  const exported = `/srv/vcluster/${node}/var/lib/ganeti/export/instance2.example.com`;
  const source = ['--src-node', node, '--src-dir', exported, '--net', '0:mac=generate'];
  await slice.gnt(node, 'gnt-backup', 'import', '-t', 'file', '-n', 'node2', ...source, 'instance3.example.com');
  expect(await withDisk(slice, 'instance3.example.com', 'debugfs -R "cat /etc/hostname" "$disk"')).toBe('instance3\n');
}

describe.skipIf(!dockerAvailable)('the OS definitions of the image', () => {
  it.each(ganetiVersions)(
    'are valid on all nodes, and install what they promise: Ganeti %s',
    async (ganeti) => {
      await using slice = await startSlice({ ganeti, nodes: 2 });
      expect((await slice.gnt(node, 'gnt-os', 'list', '--no-headers')).trim().split(/\s+/)).toEqual(shipped);
      const diagnosis = await slice.gnt(node, 'gnt-os', 'diagnose');
      expect(diagnosis.match(/^OS: \S+ \[global status: valid\]$/gm)).toHaveLength(4);
      expect(diagnosis.match(/status: valid \(path: /g)).toHaveLength(8);

      await add(slice, 'instance1.example.com', 'dummy', '-O', 'text=größe µ');
      expect(await withDisk(slice, 'instance1.example.com', 'grep --text ^text: "$disk"')).toBe('text: größe µ\n');
      await add(slice, 'instance2.example.com', 'tinyfs+ext2', '--no-start', '-O', 'label=hello');
      expect(await withDisk(slice, 'instance2.example.com', 'e2fsck -fn "$disk" 2>&1')).toContain('\nhello: ');
      expect((await slice.run(['sh', '-c', renamed])).stdout).toBe(
        'tinyfs: disk 0 has no tinyfs file system, and is not changed\nmine\n',
      );
      // It takes long, and is the same with both versions.
      if (ganeti === '3.0') await exportAndImport(slice);
    },
    600_000,
  );
});

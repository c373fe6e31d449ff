import { expect } from 'vitest';
import { type complaintsOf } from './e2e-instance.ts';

type Runner = Parameters<typeof complaintsOf>[0];

const instance = 'instance4.example.com';
const options = ['-t', 'drbd', '-s', '16M', '-o', 'noop', '--no-name-check', '--no-ip-check', '--no-nics'];

/** An instance whose disk is mirrored between two nodes of different hosts. */
export function mirrorOf({ run }: Runner, primary: string, secondary: string) {
  const onNode = async (node: string, ...argv: readonly string[]) => {
    const { exitCode, stdout, stderr } = await run(['exec', node, ...argv]);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: status ${exitCode ?? 'none'}\n${stderr}`);
    return stdout;
  };
  const sum = (node: string) => onNode(node, 'sh', '-c', 'sha256sum <$(ls $GANETI_ROOTDIR/dev/xenvg/*_data)');
  const write = async (node: string, text: string) => {
    await onNode(node, 'sh', '-c', `printf ${text} | dd conv=notrunc status=none of=$GANETI_ROOTDIR/dev/drbd0`);
  };
  let before = '';
  return {
    /** Adds it, and waits until what is written is on both hosts. */
    async add() {
      await onNode(
        'node1',
        'gnt-instance',
        'add',
        ...options,
        '-B',
        'memory=64',
        '-n',
        `${primary}:${secondary}`,
        instance,
      );
      await write(primary, 'hello');
      before = await sum(primary);
      await expect.poll(() => sum(secondary), { timeout: 15_000 }).toBe(before);
    },

    /** The primary's host is lost. */
    async failOver() {
      await onNode(secondary, 'gnt-node', 'modify', '--offline=yes', '--auto-promote', primary);
      await onNode(secondary, 'gnt-node', 'failover', '-f', '--ignore-consistency', primary);
      expect(await sum(secondary)).toBe(before);
      await write(secondary, 'later');
    },

    /** The lost host is back: its side gets what it lacks. */
    async repair() {
      await onNode(secondary, 'gnt-node', 'modify', '-f', '--offline=no', primary);
      await onNode(secondary, 'gnt-instance', 'activate-disks', instance);
      await expect
        .poll(() => onNode(primary, 'drbdsetup', 'status'), { timeout: 30_000 })
        .toContain('cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate');
      expect(await sum(primary)).toBe(await sum(secondary));
    },

    async remove() {
      await onNode(secondary, 'gnt-instance', 'remove', '-f', instance);
    },
  };
}

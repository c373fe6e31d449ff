import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lineSplitter } from '../../../src/lines.ts';

const program = join(import.meta.dirname, '../../../images/slice/rootfs/usr/lib/vcluster-box');
/** It ends after the first round, because its stdin is closed. */
const code = 'import pathlib, sys; from vcluster_slice.follow import follow; follow([pathlib.Path(sys.argv[1])])';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface FollowedLines {
  readonly file?: string;
  readonly lines?: readonly string[];
}

async function follow(): Promise<readonly FollowedLines[]> {
  const options = { input: '', env: { PYTHONPATH: program, PYTHONDONTWRITEBYTECODE: '1' } };
  const { stdout } = await execa('python3', ['-c', code, folder], {
    ...options,
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  const splitter = lineSplitter();
  const lines: string[] = [];
  // As much as an engine sends at once.
  for (let start = 0; start < stdout.length; start += 2 ** 15)
    lines.push(...splitter.push(Buffer.from(stdout.subarray(start, start + 2 ** 15))));
  // A record that has been split is not JSON.
  return lines.map((line) => JSON.parse(line) as FollowedLines);
}

describe('what the slice sends to logs -f', () => {
  it('is the lines of each log, and the end of the round', async () => {
    await writeFile(join(folder, 'a.log'), 'one\ntwo\nnot complete');
    expect(await follow()).toEqual([{ file: join(folder, 'a.log'), lines: ['one', 'two'] }, {}]);
  });

  it.each(['x', '\u0001', 'ä', '"'])(
    'has records that the client reads as a whole, when a line has 3 M of %j',
    async (each) => {
      await writeFile(join(folder, 'a.log'), `${each.repeat(3_000_000)}\nend\n`);
      const lines = (await follow()).flatMap((record) => record.lines ?? []);
      expect(lines.at(-1)).toBe('end');
      expect(lines.slice(0, -1).join('').replaceAll('\ufffd', '').length).toBeGreaterThan(2_990_000);
    },
  );
});

import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { cliEnvironment } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { expectGone, uniqueSeconds } from '../support/e2e-inside.ts';
import { startVcluster } from '../support/e2e-process.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

describe.skipIf(!dockerAvailable)('the streams of exec', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);

  it('transfer every byte in both directions', async () => {
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    const sent = Buffer.concat(Array<Buffer>(800).fill(everyByte));
    const child = startVcluster(['-c', cluster.name, 'exec', '-i', 'node2', 'cat']);
    child.stdin.end(sent);
    const back = await buffer(child.stdout);
    expect(back.length).toBe(sent.length);
    expect(back.equals(sent)).toBe(true);
  });

  it('work when the command does not read all of its stdin', async () => {
    const run = cluster.run(['exec', '-i', 'node2', 'head', '-c', '3'], { input: 'abc'.repeat(1_000_000) });
    const { stdout, stderr, exitCode } = await run;
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: 'abc', stderr: '', exitCode: 0 });
  });

  it('need no more memory for 300 MB with a slow reader', async () => {
    const size = 300_000_000;
    const command = `head -c ${size} /dev/zero; read end`;
    const child = startVcluster(['-c', cluster.name, 'exec', '-i', 'node2', 'sh', '-c', command]);
    const closed = once(child, 'close') as Promise<[number | null]>;
    const pid = child.pid ?? 0;
    let [read, before] = [0, 0];
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      before ||= await peakMemory(pid);
      read += chunk.length;
      await wait(1); // the slow reader
      if (read < size) continue;
      expect(((await peakMemory(pid)) - before) / 2 ** 20).toBeLessThan(100);
      child.stdin.end('\n');
    }
    expect({ read, status: (await closed)[0] }).toEqual({ read: size, status: 0 });
  });

  it.each([
    ['a command that dies of SIGPIPE', ['yes']],
    [
      'a command that ignores it, as Ganeti’s do',
      ['python3', '-c', 'import sys\nwhile True: print("y", *sys.argv[1:])'],
    ],
  ])('end %s quietly when the reader closes the pipe', async (_, argv) => {
    const mark = `line ${uniqueSeconds()}`;
    const command = [inject('cli'), '-c', cluster.name, 'exec', 'node2', ...argv, mark];
    const script = '"$@" | head -1; exit "${PIPESTATUS[0]}"';
    const { stdout, stderr, exitCode } = await execa('bash', ['-c', script, 'bash', ...command], {
      reject: false,
      extendEnv: false,
      env: cliEnvironment(),
      timeout: 60_000,
    });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 141 });
    expect(stdout).toContain(mark);
    await expectGone(cluster, mark);
  });
});

/** Peak memory usage of a process, in bytes. */
async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}

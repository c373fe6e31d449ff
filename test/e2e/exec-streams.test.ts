import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { cliEnvironment } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { countInside, expectGone, uniqueSeconds } from '../support/e2e-inside.ts';
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
    [['ls'], '>', 125],
    [['exec', 'node1', 'echo', 'x'], '>', 125],
    [['exec', '--all', 'echo', 'x'], '>', 125],
    [['cp', 'node1:/etc/hosts', '-'], '>', 125],
    [['logs', '-f'], '>', 125],
    [['exec', 'node1', 'sh', '-c', 'echo x >&2; exit 3'], '2>', 3],
    [['exec', '--all', 'sh', '-c', 'echo x >&2; exit 3'], '2>', 3],
    [['down', 'e2e-none'], '2>', 0],
    [['up'], '2>', 0],
  ])('that cannot be written: %j %s/dev/full', async (args, redirection, expected) => {
    const command = [inject('cli'), '-c', cluster.name, ...args];
    const { stderr, exitCode } = await execa('bash', ['-c', `"$@" ${redirection}/dev/full`, 'bash', ...command], {
      reject: false,
      extendEnv: false,
      env: cliEnvironment(),
      timeout: 60_000,
    });
    const said = redirection === '>' ? 'error: cannot write the output: no space left on device' : '';
    expect({ stderr, exitCode }).toEqual({ stderr: said, exitCode: expected });
  });

  it('close with the program: when it is killed, nothing of the command remains', async () => {
    const seconds = uniqueSeconds();
    const child = startVcluster(['-c', cluster.name, 'exec', 'node2', 'sh', '-c', `echo begun; sleep ${seconds}`]);
    await once(child.stdout, 'data');
    // Only a command that runs longer than a second gets the process that watches for the end of the program.
    await vi.waitFor(
      async () => {
        expect(await countInside(cluster, 'KILL at-eof')).toBe(1);
      },
      { timeout: 10_000, interval: 200 },
    );
    child.kill('SIGKILL');
    await expectGone(cluster, `sleep ${seconds}`);
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

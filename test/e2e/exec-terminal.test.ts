import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { ended, untilPrinted } from '../support/e2e-process.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';
import { startInTerminal, type TerminalOptions } from '../support/e2e-terminal.ts';

describe.skipIf(!dockerAvailable)('exec in a terminal', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);
  const start = (args: readonly string[], options: Partial<TerminalOptions> = {}) =>
    startInTerminal(['-c', cluster.name, 'exec', ...args], { columns: 117, rows: 43, ...options });

  it('gives the command a terminal of the same size', async () => {
    const { status, stdout } = await ended(start(['-t', 'node2', 'stty', 'size']));
    expect({ status, size: stdout.trimEnd() }).toEqual({ status: 0, size: '43 117' });
  });

  it('forwards a change of its size', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-e2e-'));
    const go = join(folder, 'go');
    const resize = `(until [ -e ${go} ]; do sleep 0.1; done; stty rows 20 cols 60 </dev/tty) &`;
    const untilSmall = 'stty size; until [ "$(stty size)" = "20 60" ]; do sleep 0.1; done; echo small';
    const child = start(['-t', 'node2', 'sh', '-c', untilSmall], { before: `{ ${resize} }` });
    const end = ended(child);
    await untilPrinted(child, '43 117');
    await writeFile(go, '');
    const { status, stdout } = await end;
    expect({ status, words: stdout.split(/\s+/) }).toEqual({ status: 0, words: ['43', '117', 'small', ''] });
    await rm(folder, { recursive: true });
  });

  it('forwards every key, including Ctrl-C', async () => {
    const script = 'trap "echo caught it" INT; echo begun; until read line; do :; done; echo "[$line]"';
    const child = start(['-it', 'node2', 'sh', '-c', script]);
    const end = ended(child);
    await untilPrinted(child, 'begun');
    child.stdin.write('\u0003');
    await untilPrinted(child, 'caught it');
    child.stdin.write('typed\r');
    expect(await end).toMatchObject({ status: 0, stdout: expect.stringContaining('[typed]\r\n') as unknown });
  });

  it('passes output through unchanged, as full-screen programs need', async () => {
    const child = start(['-it', 'node2', 'sh', '-c', 'stty -opost; printf "down\\nstraight"']);
    expect(await ended(child)).toMatchObject({ status: 0, stdout: 'down\nstraight' });
  });

  it('exits with the status of an interactive shell', async () => {
    const child = start(['-it', 'node2', 'bash', '--norc']);
    const end = ended(child);
    await untilPrinted(child, '# ');
    child.stdin.write('exit 42\r');
    expect((await end).status).toBe(42);
  });

  it('is refused without a terminal, naming the stream that is not one', async () => {
    const { exitCode, stdout, stderr } = await cluster.run(['exec', '-t', 'node2', 'true']);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: -t requires a terminal, but stdout is not one\nhint: omit -t',
    });
  });
});

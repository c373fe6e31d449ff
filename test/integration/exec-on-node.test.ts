import { readFile } from 'node:fs/promises';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execOnNode } from '../../src/cluster/exec.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { InterruptedError, OutputClosedError } from '../../src/errors.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { type Box, startBox } from '../support/box.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { fakeSignals } from '../support/fake-signals.ts';

const rootfs = new URL('../../images/slice/rootfs', import.meta.url).pathname;

describe.skipIf(!dockerAvailable)('a command on a node', () => {
  let engine: Engine;
  let box: Box;
  beforeAll(async () => {
    engine = await testEngine();
    box = await startBox(engine);
    const programs = [slicePaths.execOnNode, slicePaths.signalExec];
    const files = programs.map(async (path) => ({ path, content: await readFile(rootfs + path), mode: 0o755 }));
    await engine.writeFiles(box.name, await Promise.all(files));
  });
  afterAll(() => box[Symbol.asyncDispose]());

  const targetIn = ({ name }: Box) => {
    return { container: name, directory: '/srv/vcluster/node2.example.com', cluster: 'lab' };
  };

  /** Starts a command; `begun` resolves with its first output. */
  const start = (argv: readonly string[], stdout: Writable = new PassThrough()) => {
    const stderr = new PassThrough();
    const signals = fakeSignals();
    const status = execOnNode(engine, targetIn(box), { argv }, { stdout, stderr }, signals);
    // The test awaits it later; until then, a rejection must not count as unhandled.
    status.catch(() => undefined);
    return { status, stdout, stderr, signals, begun: new Promise((resolve) => stdout.once('data', resolve)) };
  };

  const capture = async (argv: readonly string[]) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const status = await execOnNode(engine, targetIn(box), { argv }, { stdout, stderr }, fakeSignals());
    stdout.end();
    stderr.end();
    return { status, stdout: await text(stdout), stderr: await text(stderr) };
  };

  it('has the environment of its node', async () => {
    const { stdout } = await capture(['sh', '-c', 'echo $GANETI_ROOTDIR $GANETI_HOSTNAME']);
    expect(stdout).toBe('/srv/vcluster/node2.example.com node2.example.com\n');
  });

  it('gets its arguments unchanged', async () => {
    const words = ['a  b', '', '*', '$HOME', "it's", '--', '-x', 'new\nline'];
    expect((await capture(['sh', '-c', 'printf "[%s]" "$@"', 'sh', ...words])).stdout).toBe(
      words.map((word) => `[${word}]`).join(''),
    );
  });

  it('has a limit of 4096 open files, not the million of the engine', async () => {
    expect(Number((await capture(['sh', '-c', 'ulimit -Sn'])).stdout)).toBeLessThanOrEqual(4096);
  });

  it.each([
    ['that does not exist', 'no-such-command', 127, /no-such-command: not found/],
    ['that is not executable', '/proc/version', 126, /\/proc\/version: Permission denied/],
  ])('%s is reported in one line', async (_what, command, status, line) => {
    const result = await capture([command]);
    expect(result).toMatchObject({ status, stdout: '' });
    expect(result.stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(line)]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('receives %s, as do its child processes, and its exit status is returned', async (signal, expected) => {
    const { status, signals, begun } = start(['sh', '-c', `echo begun; sleep 1${expected}; true`]);
    await begun;
    signals.send(signal);
    expect(await status).toBe(expected);
    expect(await sleeping(`1${expected}`)).toBe(false);
  });

  it('can handle a signal itself', async () => {
    const { status, signals, begun } = start([
      'sh',
      '-c',
      'trap "exit 5" INT; echo begun; while :; do sleep 0.1; done',
    ]);
    await begun;
    signals.send('SIGINT');
    expect(await status).toBe(5);
  });

  it('receives a signal that arrives before it starts', async () => {
    const { status, signals } = start(['sleep', '1002']);
    signals.send('SIGTERM');
    expect(await status).toBe(143);
  });

  it('is killed by the third signal', async () => {
    const { status, signals, begun } = start(['sh', '-c', 'trap "" INT; echo begun; sleep 1003; sleep 1003']);
    await begun;
    for (let i = 0; i < 3; i++) signals.send('SIGINT');
    const outcome = await status.catch((error: unknown) => error);
    // Either of the two can come first; both end with a status that means "ended by signal".
    expect(outcome instanceof InterruptedError ? outcome.exitCode : outcome).toBeOneOf([130, 137]);
    expect(await sleeping('1003')).toBe(false);
  });

  it.each([
    ['', 'a command'],
    ['trap "" PIPE;', 'a command that ignores SIGPIPE, like Python'],
  ])('ends when the reader of its output closes it: %s %s', async (prefix) => {
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const { status } = start(['sh', '-c', `${prefix} sleep 1004 & while :; do echo line; done`], stdout);
    await expect(status).rejects.toThrow(OutputClosedError);
    await expect.poll(() => sleeping('1004'), { timeout: 5000 }).toBe(false);
  });

  /** Whether the container runs a `sleep` of that duration. */
  async function sleeping(seconds: string): Promise<boolean> {
    const { stdout } = await capture(['sh', '-c', 'for f in /proc/[0-9]*/cmdline; do cat $f 2>/dev/null; echo; done']);
    return stdout.includes(`sleep\0${seconds}\0`);
  }
});

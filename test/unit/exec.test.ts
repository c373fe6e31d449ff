import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { OutputClosedError } from '../../src/errors.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { fakeCluster } from '../support/fake-cluster.ts';
import { fakeEngine } from '../support/fake-engine.ts';
import { fakeSignals } from '../support/fake-signals.ts';
import type { FakeState } from '../support/fake-state.ts';
import { runCli } from '../support/run-cli.ts';

const cluster = (name: string, state: 'running' | 'exited' | 'paused' = 'running') => fakeCluster(name, 3, { state });

const engineWith = (given: Partial<FakeState> = {}) => fakeEngine({ containers: [cluster('vcluster')], ...given });

/** How the command on the node was started. */
async function execOf(args: readonly string[], terminal = {}) {
  const engine = engineWith();
  const result = await runCli(['exec', ...args], { engine, terminal });
  const [started] = engine.execs();
  return { ...result, container: started?.container, command: started?.command, argv: started?.command.argv.slice(3) };
}

describe('exec', () => {
  it.each([
    ['gnt-instance', 'list', '-o', 'name', '-t', '--', 'a b;$c'],
    ['ls', '-c', '--help', '-v'],
    ['sh', '-c', 'exit 1'],
  ])('passes all words after the node to the command unchanged: %s %s %s', async (...words) => {
    expect((await execOf(['node2', ...words])).argv).toEqual(words);
  });

  it('drops one -- before the command', async () => {
    expect((await execOf(['node2', '--', 'ls', '--'])).argv).toEqual(['ls', '--']);
    expect((await execOf(['node2', '--', '--'])).argv).toEqual(['--']);
  });

  it.each(['node2', 'node2.example.com'])('runs it in the directory of the node: %s', async (node) => {
    const { container, command } = await execOf([node, 'true']);
    expect(container).toBe('vcluster-box-vcluster-1');
    const [program, , directory] = command?.argv ?? [];
    expect([program, directory]).toEqual([slicePaths.execOnNode, '/srv/vcluster/node2.example.com']);
  });

  it('passes on variables and the directory', async () => {
    const { command } = await execOf(['-e', 'A=b=c', '-e', 'EMPTY=', '-w', '/tmp', 'node1', 'env']);
    expect(command).toMatchObject({ env: { A: 'b=c', EMPTY: '' }, cwd: '/tmp' });
  });

  it.each(['A', '=b'])('refuses an invalid variable: %s', async (variable) => {
    expect(await runCli(['exec', '-e', variable, 'node1', 'env'], { engine: engineWith() })).toMatchObject({
      status: 2,
    });
  });

  it.each([0, 1, 42, 127, 137, 255])('exits with the command’s status: %i', async (status) => {
    const engine = engineWith({ onExec: () => status });
    expect(await runCli(['exec', 'node1', 'x'], { engine })).toEqual({ status, stdout: '', stderr: '', rawModes: [] });
  });

  it('writes the command’s output to stdout and stderr', async () => {
    const engine = engineWith({
      onExec: (_container, _command, { stdout, stderr }) => {
        stdout.write('out');
        stderr.write('err');
        return 0;
      },
    });
    expect(await runCli(['exec', 'node1', 'x'], { engine })).toMatchObject({ stdout: 'out', stderr: 'err' });
  });

  it.each([
    [['-i'], 'hello'],
    [[], 'nothing'],
  ])('forwards stdin only with -i: %o', async (flags, expected) => {
    const seen: string[] = [];
    const engine = engineWith({
      onExec: async (_container, _command, { stdin }) => {
        seen.push(stdin === undefined ? 'nothing' : await text(stdin));
        return 0;
      },
    });
    await runCli(['exec', ...flags, 'node1', 'cat'], { engine, stdin: 'hello' });
    expect(seen).toEqual([expected]);
  });

  describe('with a terminal', () => {
    const terminal = { stdin: true, stdout: true, size: () => ({ columns: 80, rows: 24 }) };

    it('gives the command one of the same size, and restores ours at the end', async () => {
      const { command, rawModes } = await execOf(['-it', 'node1', 'bash'], terminal);
      expect(command).toMatchObject({ tty: true, size: { columns: 80, rows: 24 } });
      expect(rawModes).toEqual([true, false]);
    });

    it('restores ours even when the command fails to start', async () => {
      const onExec = () => Promise.reject(new OutputClosedError('closed'));
      const { rawModes } = await runCli(['exec', '-it', 'node1', 'bash'], { engine: engineWith({ onExec }), terminal });
      expect(rawModes).toEqual([true, false]);
    });

    it.each([
      [{ stdin: false }, 'stdin'],
      [{ stdout: false }, 'stdout'],
    ])('refuses -it without one of our own: %o', async (lacking, which) => {
      const { status, stderr, argv } = await execOf(['-it', 'node1', 'bash'], { ...terminal, ...lacking });
      expect({ status, argv }).toEqual({ status: 2, argv: undefined });
      expect(stderr).toContain(`-t requires a terminal, but ${which} is not one`);
    });
  });

  it.each([
    [['exec', '-c', 'two', 'node1', 'x'], {}],
    [['-c', 'two', 'exec', 'node1', 'x'], {}],
    [['exec', 'node1', 'x'], { VCLUSTER_BOX_CLUSTER: 'two' }],
  ])('selects the cluster by name: %o %o', async (args, env) => {
    const engine = fakeEngine({ containers: [cluster('one'), cluster('two')] });
    await runCli(args, { engine, env });
    expect(engine.execs().map(({ container }) => container)).toEqual(['vcluster-box-two-1']);
  });

  it.each([
    ['an unknown node', [cluster('one')], ['node9', 'x'], /node node9 does not exist.*node1, node2, node3/s],
    ['an unknown cluster', [cluster('one')], ['-c', 'two', 'node1', 'x'], /no cluster named two exists.*one/s],
    ['one of several clusters', [cluster('one'), cluster('two')], ['node1', 'x'], /several clusters exist: one, two/],
    ['a stopped cluster', [cluster('one', 'exited')], ['node1', 'x'], /cluster one is stopped/],
    ['a paused cluster', [cluster('one', 'paused')], ['node1', 'x'], /cluster one is paused/],
    ['a missing cluster', [], ['node1', 'x'], /no cluster exists/],
  ])('refuses %s', async (_what, containers, args, message) => {
    const engine = fakeEngine({ containers });
    const { status, stderr } = await runCli(['exec', ...args], { engine });
    expect(status).toBe(125);
    expect(stderr).toMatch(message);
    expect(engine.execs()).toEqual([]);
  });

  it.each([[['exec']], [['exec', 'node1']], [['exec', 'node1', '--']], [['exec', '--nonsense', 'node1', 'x']]])(
    'refuses bad usage: %o',
    async (args) => {
      const { status, stderr } = await runCli(args, { engine: engineWith() });
      expect(status).toBe(2);
      expect(stderr).not.toBe('');
    },
  );
});

describe('exec,', () => {
  /** A command that runs until it gets one of those signals, and records all signals. */
  function signalled(endings: Readonly<Record<string, number>>) {
    const received: string[] = [];
    let end: (status: number) => void = () => undefined;
    const signals = fakeSignals();
    const engine = engineWith({
      onExec: async (_container, { argv, signal }) => {
        const [program, , name = ''] = argv;
        if (program !== slicePaths.signalExec) {
          return new Promise<number>((resolve, reject) => {
            end = resolve;
            signal?.addEventListener('abort', () => {
              reject(signal.reason as Error);
            });
            queueMicrotask(() => {
              signals.send('SIGINT');
            });
          });
        }
        received.push(name);
        const status = endings[name];
        if (status === undefined) signals.send('SIGINT');
        else end(status);
        return Promise.resolve(0);
      },
    });
    return { engine, signals, received };
  }

  it('when interrupted, forwards the signal and exits with the command’s own status', async () => {
    const { engine, signals, received } = signalled({ INT: 17 });
    expect(await runCli(['exec', 'node1', 'x'], { engine, signals })).toMatchObject({ status: 17, stderr: '' });
    expect(received).toEqual(['INT']);
    expect(signals.listeners()).toBe(0);
  });

  it('when interrupted for the third time, kills the command and gives up', async () => {
    const { engine, signals, received } = signalled({});
    const { status, stderr } = await runCli(['exec', 'node1', 'sleep', '9'], { engine, signals });
    expect(status).toBe(130);
    expect(received.slice(0, 3)).toEqual(['INT', 'INT', 'KILL']);
    expect(stderr).toContain('sleep did not end and was killed');
  });

  it('when the reader closes the pipe, ends the command and exits quietly as if by SIGPIPE', async () => {
    const received: string[] = [];
    const engine = engineWith({
      onExec: (_container, { argv }) => {
        const [program, , name = ''] = argv;
        if (program !== slicePaths.signalExec) throw new OutputClosedError('closed');
        received.push(name);
        return name === 'PIPE' ? 0 : 1;
      },
    });
    const result = await runCli(['exec', 'node1', 'yes'], { engine });
    expect(result).toMatchObject({ status: 141, stdout: '', stderr: '' });
    expect(received).toEqual(['PIPE', '0']);
  });
});

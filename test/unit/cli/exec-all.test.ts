import { describe, expect, it, vi } from 'vitest';
import type { ExecCommand } from '../../../src/engine/engine.ts';
import { EngineError, OutputClosedError } from '../../../src/errors.ts';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import type { FakeState } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

/** The number of the node that a command was started on; 0 if it was not started on a node. */
const nodeOf = ({ argv }: ExecCommand) => Number(/node(\d+)/.exec(argv[2] ?? '')?.[1] ?? 0);

const engineOf = (nodes: number, onExec: FakeState['onExec']) =>
  fakeEngine({ containers: [fakeCluster('demo', nodes)], onExec });

describe('exec --all', () => {
  it('runs the command on each node with unchanged arguments and without stdin', async () => {
    const engine = engineOf(3, (_container, _command, { stdin }) => (stdin === undefined ? 0 : 1));
    const { status, stdout, stderr } = await runCli(['exec', '--all', '-e', 'A=b', 'ls', '--all', '-i', '--version'], {
      engine,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    const commands = engine.execs().map(({ command }) => command);
    expect(commands.map(nodeOf).sort()).toEqual([1, 2, 3]);
    for (const { argv, env, tty } of commands) {
      expect(argv.slice(3)).toEqual(['ls', '--all', '-i', '--version']);
      expect(env).toMatchObject({ A: 'b', VCLUSTER_BOX_FOLLOW_MASTER: '1' });
      expect(tty).toBeUndefined();
    }
  });

  it('prefixes each whole line with its node, on the stream it came from', async () => {
    const engine = engineOf(10, async (_container, command, { stdout, stderr }) => {
      const node = nodeOf(command);
      stdout.write(`first of `);
      await Promise.resolve();
      stdout.write(`${node}\nlast of ${node}`);
      if (node === 2) stderr.write('a story\n');
      return 0;
    });
    const { stdout, stderr } = await runCli(['exec', '--all', 'x'], { engine });
    expect(stderr).toBe('node2  | a story\n');
    expect(stdout.split('\n').sort().slice(1, 5)).toEqual([
      'node1  | first of 1',
      'node1  | last of 1',
      'node10 | first of 10',
      'node10 | last of 10',
    ]);
    expect(stdout.split('\n')).toHaveLength(21);
  });

  it('colors the names only on a terminal', async () => {
    const engine = engineOf(2, (_container, _command, { stdout, stderr }) => {
      stdout.write('out\n');
      stderr.write('err\n');
      return 0;
    });
    const terminal = { stdout: true };
    const { stdout, stderr } = await runCli(['exec', '--all', 'x'], { engine, terminal });
    expect(stdout.split('\n')[0]?.replaceAll('\u001b', 'ESC')).toMatch(/^ESC\[\d+mnode\d \|ESC\[39m out$/);
    expect(stderr).not.toContain('\u001b');
    for (const [flags, env] of [[['--no-color'], {}] as const, [[], { NO_COLOR: '1' }] as const])
      expect((await runCli(['exec', '--all', ...flags, 'x'], { engine, terminal, env })).stdout).not.toContain(
        '\u001b',
      );
  });

  it('exits with the highest status, and names the node that returned it', async () => {
    const engine = engineOf(5, (_container, command) => [0, 0, 3, 0, 3, 9][nodeOf(command)] ?? 0);
    expect(await runCli(['exec', '--all', 'x'], { engine })).toMatchObject({
      status: 9,
      stdout: '',
      stderr: 'exit status 3: node2, node4; 9: node5\n',
    });
  });

  it('prints all results as JSON, in the order of the nodes', async () => {
    const engine = engineOf(2, (_container, command, { stdout, stderr }) => {
      stdout.write(`out of ${nodeOf(command)}\n`);
      stderr.write('err');
      return nodeOf(command) - 1;
    });
    const { status, stdout, stderr } = await runCli(['exec', '--all', '--json', 'x'], { engine });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([
      { node: 'node1.example.com', status: 0, stdout: 'out of 1\n', stderr: 'err' },
      { node: 'node2.example.com', status: 1, stdout: 'out of 2\n', stderr: 'err' },
    ]);
  });

  it('runs at most 16 commands at once, and all of them in the end', async () => {
    let [running, most, begun] = [0, 0, 0];
    const engine = engineOf(50, async () => {
      most = Math.max(most, (running += 1));
      begun += 1;
      await new Promise(setImmediate);
      running -= 1;
      return 0;
    });
    expect(await runCli(['exec', '--all', 'x'], { engine })).toMatchObject({ status: 0, stderr: '' });
    expect({ most, begun }).toEqual({ most: 16, begun: 50 });
  });

  it('forwards a signal to all running commands, and starts no more', async () => {
    const signals = fakeSignals();
    const ends = new Map<string, (status: number) => void>();
    const engine = engineOf(20, (_container, { argv }) => {
      const [program, id = ''] = argv;
      if (program === slicePaths.execOnNode) {
        if (ends.size === 15) queueMicrotask(() => { signals.send('SIGTERM'); }); // prettier-ignore
        return new Promise<number>((resolve) => ends.set(id, resolve));
      }
      ends.get(id)?.(143);
      return 0;
    });
    const { status, stderr } = await runCli(['exec', '--all', 'x'], { engine, signals });
    expect({ status, begun: ends.size, listeners: signals.listeners() }).toEqual({
      status: 143,
      begun: 16,
      listeners: 0,
    });
    expect(stderr).toContain('exit status 143: node1, node2');
    expect(stderr).toContain('node20');
  });

  it('starts no more commands after one cannot be run, and fails when the running ones have ended', async () => {
    let [started, ended, failed] = [0, 0, false];
    const engine = engineOf(20, async (_container, command) => {
      started += 1;
      const third = nodeOf(command) === 3;
      await vi.waitFor(() => {
        expect(third ? started === 16 : failed).toBe(true);
      });
      failed = true;
      if (third) throw new EngineError('no such container');
      // The failure is known before the others end.
      await new Promise(setImmediate);
      ended += 1;
      return 0;
    });
    const { status, stderr } = await runCli(['exec', '--all', 'x'], { engine });
    expect({ status, stderr, started, ended }).toEqual({
      status: 125,
      stderr: 'error: no such container\n',
      started: 16,
      ended: 15,
    });
  });

  it('ends all commands quietly when the reader closes the pipe', async () => {
    const told: string[] = [];
    const engine = engineOf(3, (_container, command) => {
      const [program, , signal = ''] = command.argv;
      if (program === slicePaths.signalExec) {
        told.push(signal);
        return signal === 'PIPE' ? 0 : 1;
      }
      if (nodeOf(command) === 2) throw new OutputClosedError('closed');
      return new Promise<number>((_resolve, reject) => {
        command.signal?.addEventListener('abort', () => {
          reject(command.signal?.reason as Error);
        });
      });
    });
    const result = await runCli(['exec', '--all', 'yes'], { engine });
    expect(result).toMatchObject({ status: 141, stdout: '', stderr: '' });
    expect(told.filter((signal) => signal === 'PIPE')).toHaveLength(3);
  });

  it.each([
    [['-i', 'cat'], 'neither stdin nor a terminal'],
    [['-t', 'bash'], 'neither stdin nor a terminal'],
    [['node2', 'hostname'], 'a node name (node2) and --all exclude each other'],
    [[], 'missing command'],
  ])('refuses %j', async (args, message) => {
    const engine = engineOf(2, () => 0);
    const { status, stdout, stderr } = await runCli(['exec', '--all', ...args], { engine });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(engine.execs()).toEqual([]);
  });

  it('is required for --json', async () => {
    expect(await runCli(['exec', '--json', 'node1', 'x'], { engine: engineOf(1, () => 0) })).toMatchObject({
      status: 2,
    });
  });
});

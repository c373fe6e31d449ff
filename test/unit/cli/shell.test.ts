import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../../../src/cli/context.ts';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import type { FakeState } from '../../support/fake-state.ts';
import { votesFor } from '../../support/fake-votes.ts';
import { runCli, type CliOptions } from '../../support/run-cli.ts';

const terminal: Partial<Terminal> = { stdin: true, stdout: true, size: () => ({ columns: 80, rows: 24 }) };

/** An engine with one cluster, whose nodes report the master; a command on a node exits with 7. */
function engineWith(votes: readonly string[], seen: string[] = []) {
  return fakeEngine({
    containers: [fakeCluster('demo')],
    onExec: async (_container, { argv }, { stdin, stdout }) => {
      if (argv[0] !== slicePaths.execOnNode) {
        stdout.write(votesFor(votes));
        return 0;
      }
      if (stdin !== undefined) seen.push(await text(stdin));
      return 7;
    },
  });
}

/** What was started on a node, and the exit status of the program. */
async function shell(args: readonly string[], options: CliOptions = {}, votes: readonly string[] = []) {
  const engine = engineWith(votes);
  const result = await runCli(['shell', ...args], { engine, ...options });
  const started = engine.execs().find(({ command }) => command.argv[0] === slicePaths.execOnNode)?.command;
  return { ...result, started, directory: started?.argv[2] };
}

describe('shell', () => {
  it('runs an interactive bash on a terminal, and exits with its status', async () => {
    const { status, started, rawModes, stderr } = await shell(['node2'], { terminal });
    expect({ status, rawModes }).toEqual({ status: 7, rawModes: [true, false] });
    expect(started).toMatchObject({ tty: true, cwd: '/root', env: { VCLUSTER_BOX_CLUSTER: 'demo', HOME: '/root' } });
    expect(started?.argv).toEqual(expect.arrayContaining(['bash', '--rcfile', slicePaths.shellRc]));
    expect(stderr).toBe('The files of node2.example.com are in /srv/vcluster/node2.example.com.\n');
  });

  it.each([
    ['stdin', { stdin: false }],
    ['stdout', { stdout: false }],
  ])('reads commands from stdin when %s is no terminal', async (_which, lacking) => {
    const seen: string[] = [];
    const engine = engineWith([], seen);
    const options = { engine, terminal: { ...terminal, ...lacking }, stdin: 'gnt-node list\n' };
    const { status, stderr, rawModes } = await runCli(['shell', 'node1'], options);
    expect({ status, stderr, rawModes, seen }).toEqual({
      status: 7,
      stderr: '',
      rawModes: [],
      seen: ['gnt-node list\n'],
    });
    const started = engine.execs()[0]?.command;
    expect(started).toMatchObject({ tty: false });
    expect(started?.argv.slice(3)).toEqual(['bash']);
  });

  it.each([
    [['node2', 'node2', 'node3'], 'node2'],
    [['node1', 'node3', 'node3'], 'node3'],
    [[], 'node1'],
    [['node9', 'node9'], 'node1'],
  ])('runs on the master by default: of %j that is %s', async (votes, master) => {
    const names = votes.map((name) => `${name}.example.com`);
    expect((await shell([], {}, names)).directory).toBe(`/srv/vcluster/${master}.example.com`);
  });

  it('prints no messages of its own with -q', async () => {
    expect((await shell(['node2', '-q'], { terminal })).stderr).toBe('');
  });

  it.each([
    [[], { LANG: 'de_DE.UTF-8', TERM: 'tmux' }, { LANG: 'C.UTF-8', TERM: 'tmux' }],
    [[], { LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, { TERM: 'dumb' }],
    [['--no-color'], {}, { NO_COLOR: '1', TERM: 'dumb' }],
    [[], { NO_COLOR: '1', TERM: 'xterm' }, { NO_COLOR: '1', TERM: 'xterm' }],
  ])('passes on the capabilities of the terminal: %j %j', async (flags, env, expected) => {
    const { started } = await shell(['node1', ...flags], { terminal, env });
    const { LANG, NO_COLOR, TERM, VCLUSTER_BOX_FOLLOW_MASTER: follow } = started?.env ?? {};
    const told = { ...(LANG && { LANG }), ...(NO_COLOR && { NO_COLOR }), TERM };
    expect({ follow, told }).toEqual({ follow: '1', told: expected });
  });

  it('sends SIGHUP on SIGTERM, because an interactive shell ignores SIGTERM', async () => {
    const signals = fakeSignals();
    const told: string[] = [];
    let end: (status: number) => void = () => undefined;
    const onExec: FakeState['onExec'] = (_container, { argv }) => {
      if (argv[0] === slicePaths.execOnNode) {
        queueMicrotask(() => {
          signals.send('SIGTERM');
        });
        return new Promise<number>((resolve) => (end = resolve));
      }
      told.push(argv[2] ?? '');
      end(129);
      return 0;
    };
    const engine = fakeEngine({ containers: [fakeCluster('demo')], onExec });
    expect(await runCli(['shell', 'node1'], { engine, terminal, signals })).toMatchObject({ status: 129 });
    expect(told).toEqual(['HUP']);
  });

  it('accepts no command', async () => {
    expect(await runCli(['shell', 'node1', '--', 'ls'], { engine: engineWith([]) })).toMatchObject({ status: 2 });
  });

  it('refuses a node that does not exist', async () => {
    expect(await shell(['node9'])).toMatchObject({ status: 125, started: undefined });
  });
});

import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import type { FakeState } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const engineOf = (onExec: FakeState['onExec'], state: 'running' | 'exited' = 'running') =>
  fakeEngine({ containers: [fakeCluster('demo', 3, { state })], onExec });
const answers =
  (text: string, status = 0): FakeState['onExec'] =>
  (_container, _command, { stdout, stderr }) => {
    (status === 0 ? stdout : stderr).write(text);
    return status;
  };
const one = JSON.stringify([{ daemon: 'ganeti-luxid', node: 'node1.example.com' }]);

describe('restart --daemon', () => {
  it('has the slice restart the daemons, and says where they ran', async () => {
    const engine = engineOf(answers(one));
    const { status, stdout } = await runCli(['restart', '--daemon', 'luxid'], { engine });
    expect([status, stdout]).toEqual([0, 'restarted ganeti-luxid on node1.example.com\n']);
    expect(engine.execs().map(({ command }) => command.argv)).toEqual([
      ['/usr/sbin/vcluster-slice', 'restart-daemons', 'luxid'],
    ]);
  });

  it('restarts them on the nodes that are named only', async () => {
    const engine = engineOf(answers(one));
    await runCli(['restart', '--daemon', 'luxid', '--node', 'node1,node3', '--json'], { engine });
    expect(engine.execs().at(-1)?.command.argv.slice(2)).toEqual(['luxid', 'node1.example.com', 'node3.example.com']);
  });

  it.each([
    [['--daemon', 'nodedd'], 2, 'there is no daemon nodedd\nhint: daemons: noded, confd, '],
    [['--daemon', 'noded', '--all'], 2, '--node and --daemon require a single cluster'],
    [
      ['--daemon', 'luxid', '--daemon', 'rapi'],
      125,
      'ganeti-rapi does not run on any node\nhint: wconfd, luxid and rapi',
    ],
    [['--daemon', 'rapi', '--node', 'node2'], 125, 'ganeti-rapi does not run on node2\n'],
  ])('%j ends with status %i', async (flags, status, said) => {
    const ended = await runCli(['restart', ...flags], { engine: engineOf(answers(one)) });
    expect(ended.status).toBe(status);
    expect(ended.stderr).toContain(said);
  });

  it('shows why a daemon does not start again', async () => {
    const failed = 'vcluster-slice: node1.example.com: ganeti-luxid does not start (status 1)\nno such option\n';
    const { status, stderr } = await runCli(['restart', '--daemon', 'luxid'], { engine: engineOf(answers(failed, 1)) });
    expect(status).toBe(125);
    expect(stderr).toContain('error: node1.example.com: ganeti-luxid does not start (status 1)\n  | no such option');
  });

  it('refuses a stopped cluster', async () => {
    const { status, stderr } = await runCli(['restart', '--daemon', 'noded'], { engine: engineOf(() => 0, 'exited') });
    expect([status, stderr]).toEqual([125, expect.stringContaining('error: cluster demo is stopped (')]);
  });
});

describe('sync', () => {
  it.each([
    [['--diff', '--reset'], '--diff and --reset exclude each other'],
    [['--diff', '/tree'], '--diff and /tree exclude each other'],
    [['--diff', '--json'], '--diff and --json exclude each other'],
    [['--reset', '--watch'], '--reset and --watch exclude each other'],
    [['--reset', '--force'], '--reset and --force exclude each other'],
  ])('refuses %j', async (flags, said) => {
    const engine = engineOf(() => 0);
    const { status, stderr } = await runCli(['sync', ...flags], { engine });
    expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(engine.calls).toEqual([]);
  });

  it('shows an answer that is none', async () => {
    const { status, stderr } = await runCli(['sync', '--reset'], { engine: engineOf(answers('Traceback ...\n')) });
    expect([status, stderr]).toEqual([125, expect.stringContaining('the slice did not say what it brought')]);
  });
});

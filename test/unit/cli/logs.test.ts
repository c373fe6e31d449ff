import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import { runCli } from '../../support/run-cli.ts';

const directory = (node: number) => `/srv/vcluster/node${node}.example.com/var/log/ganeti`;
const line = (seconds: number, text: string) => `2024-05-17 08:11:0${seconds},000: ${text}\n`;

function demo(state: 'running' | 'exited' = 'exited') {
  const event = { time: '2024-05-17T08:11:00.000Z', type: 'step-done', title: 'Starting sshd' };
  const logs = [JSON.stringify(event), 'not JSON'].map((text) => ({ stream: 'stdout' as const, text }));
  const cluster = fakeCluster('demo', 3, { state, logs });
  cluster.files.set(`${directory(1)}/luxi-daemon.log`, Buffer.from(line(1, 'one') + line(4, 'four') + 'Traceback\n'));
  cluster.files.set(`${directory(2)}/node-daemon.log`, Buffer.from(line(2, 'two \u001b[31m')));
  cluster.files.set(`${directory(2)}/luxi-daemon.log`, Buffer.from(line(3, 'three')));
  return fakeEngine({ containers: [cluster] });
}

const logs = (...args: string[]) => runCli(['logs', ...args], { engine: demo() });

describe('logs', () => {
  it('shows all logs in chronological order with node and log, also of a stopped cluster', async () => {
    const { status, stdout, stderr } = await logs();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'slice  slice  2024-05-17 08:11:00,000: ok Starting sshd',
      'slice  slice  not JSON',
      'node1  luxid  2024-05-17 08:11:01,000: one',
      'node2  noded  2024-05-17 08:11:02,000: two \\u001b[31m',
      'node2  luxid  2024-05-17 08:11:03,000: three',
      'node1  luxid  2024-05-17 08:11:04,000: four',
      'node1  luxid  Traceback',
      '',
    ]);
  });

  it('escapes the name of a log, which is the name of a file in the slice', async () => {
    const cluster = fakeCluster('demo', 1, { state: 'exited' });
    cluster.files.set(`${directory(1)}/a\u001b[2J\nslice.log`, Buffer.from(line(1, 'one') + line(2, 'two')));
    const { stdout } = await runCli(['logs', 'node1'], { engine: fakeEngine({ containers: [cluster] }) });
    const name = 'node1  a\\u001b[2J\\nslice  2024-05-17 08:11:0';
    expect(stdout).toBe(`${name}1,000: one\n${name}2,000: two\n`);
  });

  it.each([
    [['node2'], ['two', 'three']],
    [['node2.example.com', 'ganeti-noded'], ['two']],
    [['luxid'], ['one', 'three', 'four', 'Traceback']],
    [
      ['node1', 'luxid', '--tail', '1'],
      ['four', 'Traceback'],
    ],
    [
      ['luxid', '--since', '2024-05-17T08:11:02Z'],
      ['three', 'four', 'Traceback'],
    ],
    [['slice'], ['Starting sshd', 'not JSON']],
    [['node1', 'slice', '--tail', '1'], ['not JSON']],
    [['node3'], []],
    [['watcher'], []],
  ])('%o selects', async (args, expected) => {
    const { stdout } = await logs(...args);
    expect(stdout.match(/one|two|three|four|Traceback|Starting sshd|not JSON/g) ?? []).toEqual(expected);
  });

  it('--json prints one entry per line', async () => {
    const { stdout } = await logs('--json', 'node1', '--tail', '1');
    const text = '2024-05-17 08:11:04,000: four\nTraceback';
    expect(stdout).toBe(
      `${JSON.stringify({ time: '2024-05-17T08:11:04.000Z', node: 'node1.example.com', log: 'luxid', text })}\n`,
    );
  });

  it('colors the nodes on a terminal', async () => {
    const onTerminal = (args: readonly string[], env = {}) =>
      runCli(['logs', 'node2', 'noded', ...args], { engine: demo(), env, terminal: { stdout: true } });
    expect((await onTerminal([])).stdout.startsWith('\u001b[36mnode2  noded  \u001b[39m2024')).toBe(true);
    expect((await onTerminal(['--no-color'])).stdout).toMatch(/^node2 {2}noded {2}2024/);
    expect((await onTerminal([], { NO_COLOR: '1' })).stdout).toMatch(/^node2 {2}noded {2}2024/);
  });

  it.each([
    [['node9'], 125, /node node9 does not exist/],
    [['node1', 'nonsense'], 125, /there is no log nonsense\nhint: known logs: noded, confd/],
    [['--since', 'noon'], 2, /--since: must be a time, not noon/],
    [['--tail', 'x'], 2, /--tail: must be a whole number, not x/],
    [['-f'], 125, /cluster demo is stopped/],
  ])('refuses %o', async (args, expected, said) => {
    const { status, stderr } = await logs(...args);
    expect([status, stderr]).toEqual([expected, expect.stringMatching(said)]);
  });

  it('-f prints new lines until it is interrupted', async () => {
    const [engine, signals] = [demo('running'), fakeSignals()];
    engine.state.onExec = (_container, { argv, signal }, { stdout }) =>
      new Promise((_resolve, reject) => {
        const tell = (record: unknown) => stdout.write(`${JSON.stringify(record)}\n`);
        signal?.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
        expect(argv.slice(1)).toEqual(['follow', directory(1), directory(2), directory(3)]);
        stdout.write('{"lines":\n');
        tell({ file: 1, lines: ['one'] });
        tell({ file: `${directory(2)}/watcher.log`, lines: [line(5, 'five').trim()] });
        tell({ file: `${directory(1)}/luxi-daemon.log`, lines: [line(1, 'one').trim(), line(4, 'four').trim()] });
        tell({});
        tell({ file: `${directory(3)}/watcher.log`, lines: [line(6, 'six').trim()] });
        tell({});
      });
    const { status, stdout, stderr } = await runCli(['logs', '-f', '--tail', '1'], {
      engine,
      signals,
      onOutput: (text) => {
        if (text.includes('six')) signals.send('SIGINT');
      },
    });
    expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
    expect(stdout.match(/not JSON|one|four|five|six/g)).toEqual(['not JSON', 'four', 'five', 'six']);
  });
});

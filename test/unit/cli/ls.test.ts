import { expect, it } from 'vitest';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeContainer } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const createdAt = 1_700_000_000 - 7200;
const containers = [
  fakeCluster('lab', 20, { createdAt, state: 'exited', health: 'none' }),
  fakeCluster('demo', 3, { createdAt }),
  fakeContainer({ name: 'vcluster-box-new-1', labels: { 'vcluster-box.cluster': 'new' }, state: 'created', createdAt }),
  fakeContainer({ name: 'unrelated' }),
];

it('ls lists only clusters', async () => {
  const { status, stdout } = await runCli(['ls'], { engine: fakeEngine({ containers }) });
  expect(status).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'NAME  STATUS   NODES  GANETI  RAPI                    AGE',
    'demo  running  3      3.0     https://127.0.0.1:5080  2 h',
    'lab   stopped  20     3.0     https://127.0.0.1:5080  2 h',
    'new   stopped  -      -       -                       2 h',
    '',
  ]);
});

it('ls shows a block for each cluster on a terminal that is too narrow for the table', async () => {
  const engine = fakeEngine({ containers });
  const onTerminal = async (columns: number) => {
    const terminal = { stdout: true, size: () => ({ columns, rows: 24 }) };
    return (await runCli(['ls'], { engine, terminal })).stdout.split('\n');
  };
  expect((await onTerminal(60)).slice(0, 2)).toEqual([
    'NAME  STATUS   NODES  GANETI  RAPI                    AGE',
    'demo  running  3      3.0     https://127.0.0.1:5080  2 h',
  ]);
  expect((await onTerminal(40)).slice(0, 8)).toEqual([
    'NAME:    demo',
    'STATUS:  running',
    'NODES:   3',
    'GANETI:  3.0',
    'RAPI:    https://127.0.0.1:5080',
    'AGE:     2 h',
    '',
    'NAME:    lab',
  ]);
});

it.each([
  ['info', ['info', 'lab']],
  ['doctor', ['doctor']],
  ['status', ['status', 'lab']],
  ['version', ['version']],
  ['prune', ['prune', '--dry-run', '--older-than', '1s']],
])('%s fits into 60 columns, except for commands to copy', async (_what, args) => {
  const terminal = { stdout: true, size: () => ({ columns: 60, rows: 24 }) };
  const { stdout } = await runCli(args, { engine: fakeEngine({ containers }), terminal });
  const lines = stdout.split('\n').filter((line) => !line.includes('curl'));
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.filter((line) => line.length > 60)).toEqual([]);
});

it.each([
  ['results', ['ls'], 'stdout'],
  ['JSON', ['ls', '--json'], 'stdout'],
  ['errors', ['exec', '-c', 'x\u001b[31m', 'node1', 'y'], 'stderr'],
  ['usage errors', ['ls', '--\u001b[31m'], 'stderr'],
] as const)('escapes what would control the terminal in %s', async (_what, args, stream) => {
  const labels = { 'vcluster-box.cluster': 'x\u001b[31m' };
  const engine = fakeEngine({ containers: [fakeContainer({ name: 'x', labels, state: 'created' })] });
  const output = (await runCli(args, { engine }))[stream];
  expect(output).toContain('\\u001b[31m');
  expect(output).not.toContain('\u001b');
});

it('ls --json prints the same as JSON', async () => {
  const { stdout } = await runCli(['ls', '--json'], { engine: fakeEngine({ containers }) });
  expect(JSON.parse(stdout)).toMatchObject([
    {
      name: 'demo',
      state: 'running',
      nodes: 3,
      ganeti: '3.0',
      rapi: 'https://127.0.0.1:5080',
      createdAt: '2023-11-14T20:13:20.000Z',
    },
    { name: 'lab', state: 'stopped', nodes: 20 },
    { name: 'new', state: 'stopped', nodes: null, ganeti: null, rapi: null },
  ]);
});

it.each([
  [{ state: 'running', health: 'starting' }, 'starting'],
  [{ state: 'running', health: 'unhealthy' }, 'unhealthy'],
  [{ state: 'running', health: 'none' }, 'running'],
  [{ state: 'paused', health: 'healthy' }, 'paused'],
  [{ state: 'restarting', health: 'none' }, 'starting'],
] as const)('ls shows a container in state %j whose cluster does not answer as %s', async (given, state) => {
  const engine = fakeEngine({ containers: [fakeCluster('demo', 3, given)], onExec: () => 1 });
  expect(JSON.parse((await runCli(['ls', '--json'], { engine })).stdout)).toMatchObject([{ state }]);
});

it.each(['starting', 'unhealthy'] as const)('ls asks a cluster whose last health check said %s', async (health) => {
  const engine = fakeEngine({ containers: [fakeCluster('demo', 3, { health })], onExec: () => 0 });
  expect(JSON.parse((await runCli(['ls', '--json'], { engine })).stdout)).toMatchObject([{ state: 'running' }]);
});

it('ls leaves out a cluster that is removed meanwhile', async () => {
  const engine = fakeEngine({ containers });
  const { readFile } = engine;
  const readRemoved: typeof readFile = (name, path) => {
    if (name.includes('demo')) engine.state.containers = engine.state.containers.filter((one) => one.name !== name);
    return readFile(name, path);
  };
  Object.assign(engine, { readFile: readRemoved });
  const { status, stdout, stderr } = await runCli(['ls', '--json'], { engine });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect((JSON.parse(stdout) as { readonly name: string }[]).map(({ name }) => name)).toEqual(['lab', 'new']);
});

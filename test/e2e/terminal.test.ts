import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { ended } from '../support/e2e-process.ts';
import { screenOf } from '../support/e2e-screen.ts';
import { startInTerminal, type TerminalOptions } from '../support/e2e-terminal.ts';

const checking = 'Checking engines';
const steps = [
  checking,
  'Slice image',
  'Starting containers',
  'Setting up the nodes',
  'Initialising the cluster',
  'Joining the nodes',
  "Starting the nodes' daemons",
  'Waiting until the cluster answers',
];

describe.skipIf(!dockerAvailable)('up in a terminal', () => {
  const name = testCluster('one');
  beforeAll(() => vcluster(['down', name]));
  afterAll(() => vcluster(['down', name]));

  const runUp = async (terminal: TerminalOptions, ...options: string[]) => {
    const { status, stdout } = await ended(startInTerminal(['up', name, ...options], terminal));
    expect({ status, drawn: status === 0 ? '' : stdout }).toEqual({ status: 0, drawn: '' });
    return stdout;
  };

  it.each([
    { what: 'a new cluster of one node, 40 columns', columns: 40, expected: steps },
    { what: 'a cluster that runs, 40 columns', columns: 40, expected: [checking] },
    { what: 'a cluster that runs, 120 columns', columns: 120, expected: [checking] },
  ])('draws each step once, in one line: $what', async ({ columns, expected }) => {
    const drawn = screenOf(await runUp({ columns, rows: 40 }, '-n', '1'), columns);
    // The base image is only drawn if the slice image has to be built.
    const screen = drawn.filter((line) => line !== '' && !line.includes('Base image'));
    expect(screen.slice(0, expected.length)).toEqual(
      expected.map((step) => expect.stringContaining(step.slice(0, columns - 12)) as unknown),
    );
    expect(screen[expected.length]).toMatch(/^Cluster /);
    expect(screen).toContain('node1.example.com  198.18.1.1');
  });

  it('uses no colours under NO_COLOR', async () => {
    const drawn = await runUp({ columns: 80, rows: 30, env: { NO_COLOR: '1' } });
    expect(drawn).toContain(checking);
    expect(drawn).not.toMatch(colour);
  });

  it('uses no colours with --no-color', async () => {
    const drawn = await runUp({ columns: 80, rows: 30 }, '--no-color');
    expect(drawn).not.toMatch(colour);
  });

  it('uses colours otherwise', async () => {
    const drawn = await runUp({ columns: 80, rows: 30 });
    expect(drawn).toMatch(colour);
  });

  it('prints lines on a terminal without cursor control', async () => {
    const drawn = await runUp({ columns: 80, rows: 30, env: { TERM: 'dumb' } });
    expect(drawn).not.toContain('\u001b');
    expect(drawn).toContain(`  ok ${checking}`);
  });
});

// eslint-disable-next-line no-control-regex -- it is what the tests are about
const colour = /\u001b\[[\d;]*m/;

describe('help', () => {
  it.each(['', 'up', 'down', 'exec', 'ls', 'status', 'info', 'image', 'image build', 'doctor', 'version'])(
    'of "%s" fits into 100 columns',
    async (command) => {
      const { stdout, stderr, exitCode } = await vcluster([...command.split(' ').filter(Boolean), '--help']);
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
      expect(stdout).toMatch(/^Usage: vcluster-box/);
      expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    },
  );

  it('lists the exit statuses', async () => {
    const { stdout } = await vcluster(['--help']);
    for (const status of ['0', '2', '70', '125', '130', '141'])
      expect(stdout).toMatch(new RegExp(`^- ${status}: `, 'm'));
    expect((await vcluster(['exec', '--help'])).stdout).toMatch(/exit status/i);
  });

  it('omits meaningless defaults', async () => {
    const { stdout } = await vcluster(['exec', '--help']);
    expect(stdout).not.toMatch(/default: (false|\{\})/);
  });
});

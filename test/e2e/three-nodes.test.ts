import { beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../src/plan/names.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { docker } from '../support/e2e-docker.ts';
import { succeed } from '../support/e2e-succeed.ts';

const nodes = ['node1.example.com', 'node2.example.com', 'node3.example.com'];

interface Told {
  readonly time: string;
  readonly type: string;
  readonly id?: string;
}

describe.skipIf(!dockerAvailable)('up with three nodes', () => {
  // Like the cluster that the tests share, but a new one.
  const name = testCluster('three');
  let first: Awaited<ReturnType<typeof vcluster>>;
  beforeAll(async () => {
    await succeed(['down', name]);
    first = await succeed(['up', name, '-n', '3', '--verify', '--timings']);
  }, 400_000);

  it('prints the nodes, how to reach RAPI, and three commands to try', () => {
    const [summary = ''] = first.stdout.split('\n\nSECONDS');
    expect(summary.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:PORT')).toBe(
      [
        `Cluster ${name} is running, with 3 nodes.`,
        '',
        'NODE               ADDRESS',
        ...nodes.map((node, index) => `${node}  198.18.1.${index + 1}`),
        '',
        'RAPI:      https://127.0.0.1:PORT',
        'User:      rapi',
        `Password:  vcluster-box info ${name} --password`,
        '',
        'Try next:',
        `  vcluster-box -c ${name} exec node3 gnt-node list`,
        `  vcluster-box -c ${name} status`,
        `  vcluster-box down ${name}`,
      ].join('\n'),
    );
  });

  it('reports progress on stderr, one line for each step that begins or ends', () => {
    const steps = first.stderr.match(/^ {2}ok .*(?= \()/gm);
    expect(steps?.slice(-6)).toEqual([
      '  ok Setting up the nodes',
      '  ok Initialising the cluster',
      '  ok Joining the nodes',
      "  ok Starting the nodes' daemons",
      '  ok Waiting until the cluster answers',
      '  ok Verifying the cluster',
    ]);
    expect(first.stderr).not.toMatch(/warning|error|FAIL/i);
  });

  it('prints with --timings where all of the time went', () => {
    const [, table = ''] = first.stdout.split('STEP, AND WHAT IT WAITED FOR\n');
    const rows = [...table.matchAll(/^ *(\S+)( +)(.*)$/gm)].map(([, time = '', { length } = '', title = '']) => {
      return { seconds: Number(time), isStep: length === 2, title };
    });
    const steps = rows.filter(({ isStep }) => isStep);
    const sum = steps.slice(0, -1).reduce((seconds, step) => seconds + step.seconds, 0);
    expect(Math.abs(sum - (steps.at(-1)?.seconds ?? 0))).toBeLessThan(0.005 * steps.length);
    expect(steps.map(({ title }) => title).slice(-3)).toEqual(['Verifying the cluster', 'Between the steps', 'Total']);
    const waits = rows.filter(({ isStep }) => !isStep).map(({ title }) => title);
    const expected = ['engine: create container', "slice: Ganeti's keys and configuration", 'engine: exec'];
    expect(waits).toEqual(expect.arrayContaining(expected));
  });

  it('does not print the password', async () => {
    const { stdout: password } = await vcluster(['info', name, '--password']);
    expect(password).toMatch(/^[\w-]{20,}$/);
    expect(`${first.stdout}${first.stderr}`).not.toContain(password);
  });

  it.each(nodes)('makes all nodes known to %s', async (node) => {
    const list = ['gnt-node', 'list', '--no-headers', '-o', 'name'];
    const { stdout, exitCode } = await vcluster(['exec', '-c', name, node, ...list]);
    expect({ exitCode, nodes: stdout.split('\n') }).toEqual({ exitCode: 0, nodes });
  });

  it('prints commands that work', async () => {
    const commands = [...first.stdout.matchAll(/^ {2}vcluster-box (.*(?:exec|status).*)$/gm)];
    const ends = await Promise.all(commands.map(async ([, line = '']) => (await vcluster(line.split(' '))).exitCode));
    expect(ends).toEqual([0, 0]);
  });

  it('changes nothing the second time, and reports that', async () => {
    const container = (await docker()).getContainer(containerName(name, 1));
    const before = await container.inspect();
    const { exitCode, stdout, stderr } = await vcluster(['up', name]);
    const after = await container.inspect();
    expect({ exitCode, title: stdout.split('\n')[0] }).toEqual({
      exitCode: 0,
      title: `Cluster ${name} was already running, with 3 nodes; nothing was changed.`,
    });
    expect(stderr).toMatch(/^Cluster \S+\n \.{3} Checking engines\n {2}ok Checking engines \(\S+ s\)$/);
    expect([after.Id, after.State.StartedAt]).toEqual([before.Id, before.State.StartedAt]);
  });

  it('prints the result as JSON with --json', async () => {
    const { stdout } = await vcluster(['up', name, '-n', '3', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      cluster: name,
      container: containerName(name, 1),
      changed: false,
      plan: { nodes: nodes.map((node) => ({ names: [node, node.split('.')[0]] })) },
      rapi: { url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/) as unknown, user: 'rapi' },
    });
  });

  it('reports progress as JSON with --progress json', async () => {
    const { stdout, stderr } = await vcluster(['up', name, '--progress', 'json', '--verify']);
    const told = stderr.split('\n').map((line) => JSON.parse(line) as Told);
    expect(told.map(({ time }) => Date.parse(time)).every((time) => time > 0)).toBe(true);
    expect([told[0]?.type, told.at(-1)?.type]).toEqual(['run-started', 'run-ended']);
    expect(told.filter(({ id }) => id === 'verify').map(({ type }) => type)).toEqual(['step-started', 'step-done']);
    expect(stdout).toContain('nothing was changed');
  });

  it('prints only the result with --quiet', async () => {
    const { stdout, stderr } = await vcluster(['up', name, '--quiet']);
    expect(stderr).toBe('');
    expect(stdout).toContain('nothing was changed');
  });
});

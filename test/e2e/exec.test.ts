import { beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

const awkward = [
  '',
  ' two  blanks ',
  "it's",
  '"',
  '$HOME',
  '`id`',
  '$(id)',
  '\\n',
  '--',
  '-c',
  'a;b',
  '*',
  'ü',
  'x\ny',
];
const printArguments = 'import json, sys; print(json.dumps(sys.argv[1:]))';

describe.skipIf(!dockerAvailable)('exec', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);

  it.each(['node2', 'node2.example.com'])('runs a command on the node named %s', async (node) => {
    const { stdout, stderr, exitCode } = await cluster.run(['exec', node, 'printenv', 'GANETI_HOSTNAME']);
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: 'node2.example.com', stderr: '', exitCode: 0 });
  });

  it('accepts the cluster’s name before or after `exec`, or from the environment', async () => {
    const { name } = cluster;
    const runs = await Promise.all([
      vcluster(['-c', name, 'exec', 'node1', 'uname', '-n']),
      vcluster(['exec', '-c', name, 'node1', 'uname', '-n']),
      vcluster(['exec', '--cluster', name, 'node1', 'uname', '-n']),
      vcluster(['exec', 'node1', 'uname', '-n'], { env: { VCLUSTER_BOX_CLUSTER: name } }),
      vcluster(['exec', '-c', name, 'node1', 'uname', '-n'], { env: { VCLUSTER_BOX_CLUSTER: 'no-such' } }),
    ]);
    expect(runs.map(({ stdout }) => stdout)).toEqual(runs.map(() => `${name}-1`));
  });

  it('passes arguments unchanged', async () => {
    const { stdout } = await cluster.run(['exec', 'node2', 'python3', '-c', printArguments, ...awkward]);
    expect(JSON.parse(stdout)).toEqual(awkward);
  });

  it('passes options after the node’s name to the command', async () => {
    const argv = ['echo', '-t', '-i', '-e', 'A=B', '--help', '--json', '--version'];
    const { stdout } = await cluster.run(['exec', 'node2', ...argv]);
    expect(stdout).toBe(argv.slice(1).join(' '));
  });

  it('keeps stdout and stderr apart', async () => {
    const { stdout, stderr } = await cluster.run(['exec', 'node2', 'sh', '-c', 'echo result; echo story >&2']);
    expect({ stdout, stderr }).toEqual({ stdout: 'result', stderr: 'story' });
  });

  it.each([
    ['exit 0', 0],
    ['exit 1', 1],
    ['exit 42', 42],
    ['exit 255', 255],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
  ])('exits with the status of the command: %s gives %i', async (command, status) => {
    const { exitCode, stderr } = await cluster.run(['exec', 'node2', 'sh', '-c', command]);
    expect({ exitCode, stderr }).toEqual({ exitCode: status, stderr: '' });
  });

  it('exits with 127 and a message when the command does not exist', async () => {
    const { exitCode, stdout, stderr } = await cluster.run(['exec', 'node2', 'no-such-command']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 127, stdout: '' });
    expect(stderr).toContain('no-such-command');
  });

  it('sets variables and the directory', async () => {
    const options = ['-e', 'GREETING=good = day', '-e', 'EMPTY=', '-w', '/var/log'];
    const { stdout } = await cluster.run(['exec', ...options, 'node2', 'sh', '-c', 'pwd; printenv GREETING EMPTY']);
    expect(stdout.split('\n')).toEqual(['/var/log', 'good = day', '']);
  });

  it('gives the command an empty stdin without -i', async () => {
    const { stdout } = await cluster.run(['exec', 'node2', 'wc', '-c'], { input: 'not for it' });
    expect(stdout).toBe('0');
  });

  it('lists the existing nodes when the node does not exist', async () => {
    const { exitCode, stderr } = await cluster.run(['exec', 'node9', 'true']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 125,
      stderr: 'error: node node9 does not exist\nhint: existing nodes: node1, node2, node3',
    });
  });

  it('lists the existing clusters when the cluster does not exist', async () => {
    const { exitCode, stderr } = await vcluster(['exec', '-c', 'no-such', 'node1', 'true']);
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/^error: no cluster named no-such exists\nhint: existing clusters: /);
    expect(stderr).toContain(cluster.name);
  });
});

import { describe, expect, it } from 'vitest';
import { renderUp } from '../../../src/cli/render-up.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const result = (cluster: string, nodes: number, changed = true) => ({
  cluster,
  container: `vcluster-box-${cluster}-1`,
  image: 'vcluster-box:test',
  plan: planCluster({ nodes, subnet: '198.18.0.0/16', domain: 'example.com', watcher: true }),
  rapi: { url: 'https://127.0.0.1:5080', user: 'rapi', passwordCommand: 'vcluster-box info demo --password' },
  ports: [],
  hosts: [],
  changed,
});

describe('the summary of up', () => {
  it('lists the nodes, how to reach them, and commands to try', () => {
    expect(renderUp(result('demo', 2), 'npx vcluster-box').split('\n')).toEqual([
      'Cluster demo is running, with 2 nodes.',
      '',
      'NODE               ADDRESS',
      'node1.example.com  198.18.1.1',
      'node2.example.com  198.18.1.2',
      '',
      'RAPI:      https://127.0.0.1:5080',
      'User:      rapi',
      'Password:  npx vcluster-box info demo --password',
      '',
      'Try next:',
      '  npx vcluster-box -c demo exec node2 gnt-node list',
      '  npx vcluster-box -c demo status',
      '  npx vcluster-box down demo',
    ]);
  });

  it('shows the first and the last of many nodes', () => {
    const lines = renderUp(result('vcluster', 1000), 'vcluster-box').split('\n');
    expect(lines.slice(2, 9)).toEqual([
      'NODE                  ADDRESS',
      'node1.example.com     198.18.1.1',
      'node2.example.com     198.18.1.2',
      'node3.example.com     198.18.1.3',
      '...',
      'node1000.example.com  198.18.4.232',
      '',
    ]);
    expect(lines).toContain('  vcluster-box exec node1000 gnt-node list');
  });

  it('reports when nothing changed', () => {
    expect(renderUp(result('demo', 1, false), 'vcluster-box')).toMatch(
      /^Cluster demo was already running, with 1 node; nothing was changed\.\n/,
    );
  });
});

describe('up', () => {
  it.each(['0', '-1', '1.5', '5000', 'abc'])('refuses %s nodes before it calls the engine', async (nodes) => {
    const { status, stdout, stderr } = await runCli(['up', '-n', nodes]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      `error: command line: nodes: must be a whole number from 1 to 1000, not ${nodes}\nhint: \`vcluster-box up --help\` lists the options and their values\n`,
    );
  });

  it('refuses node sizes that differ from those of the existing cluster', async () => {
    const engine = fakeEngine({ containers: [fakeCluster('demo', 3)] });
    const sizes = ['--node-memory', '8g', '--node-cpus', '16', '--node-disk', '2t'];
    const { status, stderr } = await runCli(['up', 'demo', ...sizes], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain(
      'demo already exists with different options: nodeMemory is 64g, requested 8g; nodeDisk is 1t, requested 2t\n',
    );
  });

  it('refuses two names', async () => {
    expect(await runCli(['up', 'demo', '-c', 'lab'])).toMatchObject({
      status: 2,
      stderr: 'error: the cluster has two names: demo and lab\nhint: give one: vcluster-box up NAME\n',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const ssconf = (node: string, key: string) => `/srv/vcluster/${node}.example.com/var/lib/ganeti/ssconf_${key}`;
const ready = [{ stream: 'stdout', text: '{"type":"ready"}' }] as const;

/** A cluster of three nodes with these files of Ganeti; files that come later are newer. */
function engineWith(facts: readonly (readonly [path: string, content: string])[], state: 'running' | 'exited') {
  const made = fakeCluster('demo', 3, { state, logs: ready });
  const files = new Map([...made.files, [slicePaths.provisioned, Buffer.from('')]]);
  for (const [path, content] of facts) files.set(path, Buffer.from(`${content}\n`));
  return fakeEngine({ containers: [{ ...made, files }] });
}

const factsOf = (node: string, name: string, address: string, nodes: readonly string[]) =>
  [
    [ssconf(node, 'cluster_name'), name],
    [ssconf(node, 'master_ip'), address],
    [ssconf(node, 'node_list'), nodes.map((one) => `${one}.example.com`).join('\n')],
  ] as const;

const changed = [
  ...factsOf('node1', 'cluster.example.com', '198.18.0.1', ['node1', 'node2', 'node3']),
  ...factsOf('node2', 'prod.example.com', '198.18.128.90', ['node1', 'node2']),
];

describe.each(['running', 'exited'] as const)('a cluster that Ganeti has changed, and that is %s', (state) => {
  it('has the name, address and nodes of the node that was updated last in info and ls', async () => {
    const info = await runCli(['info', 'demo', '--json'], { engine: engineWith(changed, state) });
    expect(JSON.parse(info.stdout)).toMatchObject({
      cluster: { name: 'prod.example.com', address: '198.18.128.90', subnet: '198.18.0.0/16' },
      nodes: 2,
      resources: { cpus: 32 },
      hosts: [{ nodes: 2 }],
    });
    const { stdout } = await runCli(['ls', '--json'], { engine: engineWith(changed, state) });
    expect(JSON.parse(stdout)).toMatchObject([{ nodes: 2 }]);
  });

  it('is not said by up to have a node that gnt-node remove has removed', async () => {
    const { status, stdout } = await runCli(['up', 'demo'], { engine: engineWith(changed, state) });
    expect([status, stdout]).toEqual([0, expect.stringContaining('with 2 nodes') as string]);
    expect(stdout).toContain('-c demo exec node2 gnt-node list');
    expect(stdout).not.toContain('node3');
  });
});

it('status of a stopped cluster shows its present name, and nodes that are in no cluster', async () => {
  const { stdout } = await runCli(['status', 'demo'], { engine: engineWith(changed, 'exited') });
  expect(stdout).toContain('demo is stopped: prod.example.com 198.18.128.90\n');
  expect(stdout).toMatch(/^node2\.example\.com +unknown /m);
  expect(stdout).toMatch(/^node3\.example\.com +unjoined .*vcluster-box node rm node3\.example\.com$/m);
});

describe('a cluster that gnt-cluster destroy has removed', () => {
  const gone = 'the Ganeti cluster of demo no longer exists';
  const remedy =
    'recreate it (vcluster-box down demo && vcluster-box up demo), or create one by hand (vcluster-box -c demo exec node1 gnt-cluster init ...)';

  it('is refused by up, which says how to create one', async () => {
    const { status, stderr } = await runCli(['up', 'demo'], { engine: engineWith([], 'exited') });
    expect([status, stderr]).toEqual([125, expect.stringContaining(`error: ${gone}\nhint: ${remedy}\n`) as string]);
  });

  it('is started with a warning', async () => {
    const { status, stderr } = await runCli(['start', 'demo'], { engine: engineWith([], 'exited') });
    expect([status, stderr]).toEqual([0, expect.stringContaining(gone) as string]);
    expect(stderr).toContain(remedy);
  });

  it('is reported as such by status, with exit status 1', async () => {
    const { status, stdout } = await runCli(['status', 'demo'], { engine: engineWith([], 'exited') });
    expect([status, stdout]).toEqual([1, expect.stringContaining('demo is stopped; its Ganeti cluster') as string]);
    expect(stdout).toContain(`To ${remedy}\n`);
    expect(stdout).toMatch(/^node1\.example\.com +- +198\.18\.1\.1 +not in a cluster$/m);
  });

  it('has no nodes in ls and info', async () => {
    const { stdout } = await runCli(['ls', '--json'], { engine: engineWith([], 'running') });
    expect(JSON.parse(stdout)).toMatchObject([{ nodes: 0 }]);
    expect((await runCli(['info', 'demo'], { engine: engineWith([], 'running') })).stdout).toContain('0 nodes');
  });
});

import { describe, expect, it } from 'vitest';
import { oldFakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

/** What this engine has was made before there were simulated resources. */
const engine = (given = {}) => fakeEngine({ containers: [{ ...oldFakeCluster('demo'), ...given }] });

describe('a cluster that an earlier version has made', () => {
  it('is told of, without resources', async () => {
    const { status, stdout } = await runCli(['info'], { engine: engine() });
    expect(status).toBe(0);
    expect(stdout).not.toContain('simulated');
    const json = await runCli(['info', '--json'], { engine: engine() });
    expect(JSON.parse(json.stdout)).toMatchObject({ nodes: 3, resources: null });
  });

  it('has a status while it is stopped', async () => {
    const { stdout } = await runCli(['status', '--json'], { engine: engine({ state: 'exited' }) });
    expect(JSON.parse(stdout)).toMatchObject({ nodes: [{ name: 'node1.example.com' }, {}, {}] });
  });

  it('gets no nodes of other sizes', async () => {
    const { status, stderr } = await runCli(['node', 'add', '--node-memory', '32g'], { engine: engine() });
    expect(status).toBe(125);
    expect(stderr).toContain('this cluster was made by an earlier version');
  });

  it('is compared with sizes that are given', async () => {
    const args = ['up', 'demo', '--node-memory', '32g', '--node-cpus', '4'];
    const { status, stderr } = await runCli(args, { engine: engine() });
    expect(status).toBe(125);
    expect(stderr).toContain("nodeMemory is the machine's, not 32g");
    expect(stderr).toContain("nodeCpus is the machine's, not 4");
  });
});

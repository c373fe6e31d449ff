import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../src/config/parse-cluster-spec.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { planContainer } from '../../src/plan/container-settings.ts';
import { planCluster } from '../../src/plan/plan-cluster.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { leftOf } from '../support/e2e-left.ts';
import { startCli } from '../support/e2e-start.ts';
import { testImage, testLabels } from '../support/test-image.ts';

const name = testCluster('conflict');
const container = `vcluster-box-${name}-1`;
const one = { containers: [container], networks: [`vcluster-box-${name}`] };

describe.skipIf(!dockerAvailable)('a cluster name', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
    await vcluster(['image', 'build'], { timeout: 600_000 });
  }, 600_000);
  afterEach(() => vcluster(['down', name]));

  it('refers to one cluster when two commands create it at once', async () => {
    const runs = await Promise.all([vcluster(['up', name, '-n', '2']), vcluster(['up', name, '-n', '2'])]);
    for (const { exitCode, stdout, stderr } of runs) {
      expect({ exitCode, stderr }).toExitWith(0);
      expect(stdout).toContain(`Cluster ${name} is running, with 2 nodes.`);
    }
    expect(await leftOf(engine, name)).toEqual(one);
  });

  it('is refused to the second of two commands with different options, and the first succeeds', async () => {
    const runs = await Promise.all([vcluster(['up', name, '-n', '1']), vcluster(['up', name, '-n', '2'])]);
    const [won, lost] = runs.sort((a, b) => (a.exitCode ?? 0) - (b.exitCode ?? 0));
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 125]);
    expect(lost.stderr).toMatch(
      new RegExp(
        `^error: cluster ${name} already exists with different options: nodes is [12], requested [12]\\nhint: `,
        'm',
      ),
    );
    expect(won.stdout).toMatch(/ is running, with [12] nodes?\.$/m);
    expect(await leftOf(engine, name)).toEqual(one);
  });

  it('keeps its cluster when other options are given, running or not', async () => {
    await vcluster(['up', name, '-n', '1', '--memory', '1g']);
    const before = await engine.inspectContainer(container);
    const args = ['up', name, '-n', '2', '--domain', 'lab.test', '--memory', '2g', '--subnet', '10.77.0.0/16'];
    const refused = await vcluster(args);
    expect(refused).toMatchObject({ exitCode: 125, stdout: '' });
    expect(refused.stderr).toContain(
      `error: cluster ${name} already exists with different options: nodes is 1, requested 2; ` +
        'subnet is 198.18.0.0/16, requested 10.77.0.0/16; domain is example.com, requested lab.test; memory is 1g, requested 2g\n' +
        `hint: leave these options out to use it unchanged, or recreate it: vcluster-box down ${name}`,
    );
    expect(await engine.inspectContainer(container)).toEqual(before);

    await engine.stopContainer(container, 30);
    expect(await vcluster(args)).toExitWith(125);
    expect(await engine.inspectContainer(container)).toMatchObject({ state: 'exited' });
    expect(await vcluster(['up', name, '-n', '1', '--memory', '1024m'])).toExitWith(0);
  });

  it('can be reused when the first command was killed while its cluster booted', async () => {
    // Enough nodes, and killed early enough, that the cluster still boots when the next command looks.
    const { program, until } = startCli(['up', name, '-n', '20']);
    await until(' ... Setting up the nodes');
    program.kill('SIGKILL');
    await program;
    const { exitCode, stdout } = await vcluster(['up', name]);
    expect({ exitCode, left: await leftOf(engine, name) }).toEqual({ exitCode: 0, left: one });
    expect(stdout).toContain(`Cluster ${name} is running, with 20 nodes.`);
  });

  it('is refused when an unrelated container has it, which stays', async () => {
    const { spec } = parseClusterSpec({ name }, 'test');
    const circumstances = { image: await testImage(engine), runId: 'test', version: 'test', rapiPort: 0 };
    const { settings } = planContainer({ spec, given: {} }, planCluster(spec), circumstances);
    const theirs = { ...settings, labels: testLabels, network: 'none', ports: [], command: ['sleep', '600'] };
    const id = await engine.createContainer(container, theirs);
    const { exitCode, stderr } = await vcluster(['up', name]);
    expect(exitCode).toBe(125);
    expect(stderr).toContain(
      `error: container ${container} already exists, and vcluster-box did not create it\n` +
        `hint: choose another name (vcluster-box up NAME), or remove it: docker rm ${container}`,
    );
    await vcluster(['down', name]);
    expect(await engine.inspectContainer(container)).toMatchObject({ id, state: 'created' });
    await engine.removeContainer(id);
  });

  it('is refused when an unrelated network has it, which stays', async () => {
    const network = `vcluster-box-${name}`;
    const id = await engine.createNetwork({ name: network, labels: testLabels });
    const { exitCode, stderr } = await vcluster(['up', name]);
    expect(exitCode).toBe(125);
    expect(stderr).toContain(
      `error: network ${network} already exists, and vcluster-box did not create it\n` +
        `hint: choose another name (vcluster-box up NAME), or remove it: docker network rm ${network}`,
    );
    await vcluster(['down', name]);
    expect(await leftOf(engine, name)).toEqual({ containers: [], networks: [network] });
    await engine.removeNetwork(id);
  });
});

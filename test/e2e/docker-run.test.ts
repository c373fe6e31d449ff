import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../src/config/parse-cluster-spec.ts';
import type { ContainerSettings, Engine } from '../../src/engine/engine.ts';
import { planContainer } from '../../src/plan/container-settings.ts';
import { planCluster } from '../../src/plan/plan-cluster.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { capture } from '../support/capture.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { untilEvent } from '../support/slice-events.ts';

const container = `vcluster-box-${testCluster('docker-run')}`;

describe.skipIf(!dockerAvailable)('the slice image in a container that vcluster-box did not create', () => {
  let engine: Engine;
  let image: string;
  beforeAll(async () => {
    engine = await testEngine();
    const ran = await vcluster(['image', 'build'], { timeout: 600_000 });
    expect(ran).toExitWith(0);
    const { stdout } = ran;
    image = stdout;
  }, 600_000);
  afterEach(() => engine.removeContainer(container));

  /** Like `docker create` with the documented capabilities, on the engine's default network. */
  const create = (settings: Partial<ContainerSettings>) => {
    const { spec } = parseClusterSpec({}, 'test');
    const circumstances = { image, runId: 'test', version: 'test', rapiPort: 0 };
    const { settings: usual } = planContainer({ spec, given: {} }, planCluster(spec), circumstances);
    const own = { labels: { 'vcluster-box.test': 'e2e' }, network: 'bridge', restartPolicy: 'no' as const };
    return engine.createContainer(container, { ...usual, ...own, ...settings });
  };
  const ready = async () => {
    await engine.startContainer(container);
    const events = await untilEvent(engine, container, { type: 'ready' });
    return events.at(-1);
  };
  const nodes = async () => {
    const list = '/srv/vcluster/node1.*/cmd gnt-node list --no-headers -o name';
    const { stdout } = await capture(engine, container, { argv: ['sh', '-c', list] });
    return stdout.trim().split('\n');
  };

  it('creates VCLUSTER_BOX_NODES nodes, and logs one line when they are ready', async () => {
    await create({ env: { VCLUSTER_BOX_NODES: '2' } });
    expect(await ready()).toMatchObject({
      type: 'ready',
      message: 'The cluster cluster.example.com is ready.',
      nodes: 2,
      master: 'node1.example.com',
    });
    expect(await nodes()).toEqual(['node1.example.com', 'node2.example.com']);
  });

  it('uses a plan that is copied into it before its first start', async () => {
    const { spec } = parseClusterSpec({ nodes: 1, domain: 'lab.test', subnet: '10.99.0.0/24' }, 'test');
    await create({});
    const content = JSON.stringify(planCluster(spec));
    await engine.writeFiles(container, [{ path: slicePaths.plan, content, mode: 0o644 }]);
    expect(await ready()).toMatchObject({ message: 'The cluster cluster.lab.test is ready.', nodes: 1 });
    expect(await nodes()).toEqual(['node1.lab.test']);
  });
});

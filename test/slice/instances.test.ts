import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../src/config/parse-cluster-spec.ts';
import { planCluster } from '../../src/plan/plan-cluster.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { untilEnded } from '../support/slice-events.ts';
import { createSlice, type Slice, type SliceOptions } from '../support/slice.ts';

const plan = (options: object) => planCluster(parseClusterSpec(options, 'test').spec);
const options = (count: number, nodes = 2): SliceOptions => ({ nodes, plan: () => plan({ nodes, instances: count }) });

const instances = async ({ gnt }: Slice) => {
  const list = ['list', '--no-headers', '--separator=|', '-o', 'name,pnode,status'];
  return (await gnt('node1.example.com', 'gnt-instance', ...list)).trim().split('\n');
};
const running = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    return `instance${index + 1}.example.com|node${(index % 2) + 1}.example.com|running`;
  });

describe.skipIf(!dockerAvailable)('the initial instances of a cluster', () => {
  it('run when it is ready, distributed over its nodes; later changes survive a restart', async () => {
    await using slice = await createSlice(options(3));
    const events = await slice.start();
    const progress = events.filter(({ type, step }) => type === 'step-progress' && step === 'instances');
    expect(progress.map(({ text }) => text).at(-1)).toBe('instances 3/3');
    expect(await instances(slice)).toEqual(running(3));
    await slice.gnt('node1.example.com', 'gnt-instance', 'remove', '-f', 'instance2');

    await slice.engine.stopContainer(slice.container, 30);
    await slice.start();
    expect(await instances(slice)).toEqual([running(3)[0], running(3)[2]]);
    expect(await slice.gnt('node1.example.com', 'gnt-cluster', 'verify')).not.toMatch(/ERROR|WARNING/);
  });

  it('are all created in the end if the first start was interrupted', async () => {
    await using slice = await createSlice(options(4));
    await slice.start('step-progress', 'instances');
    await killSlice(slice);
    await slice.start();
    expect(await instances(slice)).toEqual(running(4));
  });

  it('are also created without the command line tool', async () => {
    const env = { VCLUSTER_BOX_NODES: '2', VCLUSTER_BOX_INSTANCES: '1' };
    await using slice = await createSlice({ plan: () => undefined, settings: { env } });
    await slice.start();
    expect(await instances(slice)).toEqual(running(1));
  });

  it('make the start fail with Ganeti’s error if one cannot be created', async () => {
    const changed = plan({ nodes: 1, instances: 1 });
    const newInstances = { ...changed.newInstances, memoryMiB: 10 ** 9 };
    await using slice = await createSlice({ nodes: 1, plan: () => ({ ...changed, newInstances }) });
    await slice.engine.startContainer(slice.container);
    await untilEnded(slice.engine, slice.container);
    expect((await slice.log()).find(({ type }) => type === 'failed')).toMatchObject({
      step: 'instances',
      node: 'node1.example.com',
      message: expect.stringMatching(/^instance instance1\.example\.com cannot be created: .*memory/) as string,
    });
  });
});

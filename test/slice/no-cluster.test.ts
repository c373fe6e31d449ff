import { afterAll, beforeAll, describe, expect } from 'vitest';
import { knownToGaneti } from '../../src/cluster/current-plan.ts';
import { withoutProvisioning } from '../../src/plan/plan-cluster.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { createSlice, type Slice } from '../support/slice.ts';
import { story } from '../support/story.ts';

describe.skipIf(!dockerAvailable)('a slice on whose nodes others create the cluster', () => {
  const step = story();
  let slice: Slice;
  let plan: Plan;
  beforeAll(async () => {
    slice = await createSlice({ nodes: 2, plan: (usual) => (plan = withoutProvisioning(usual)) });
    await slice.start();
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const status = async () => {
    const { stdout } = await slice.run([slicePaths.program, 'status']);
    return JSON.parse(stdout) as { ganeti: string | null; rapi: boolean; nodes: { role: string; daemons: object }[] };
  };

  step('boots, is healthy, and reports that its nodes are in no cluster', async () => {
    expect((await slice.run([slicePaths.program, 'healthy'])).status).toBe(0);
    const { ganeti, rapi, nodes } = await status();
    expect([ganeti, rapi]).toEqual([null, false]);
    expect(nodes.map(({ role, daemons }) => [role, daemons])).toEqual([
      ['unjoined', {}],
      ['unjoined', {}],
    ]);
    const skipped = (await slice.log()).filter(({ type }) => type === 'step-skipped').map(({ step }) => step);
    expect(skipped).toEqual(['init', 'join', 'daemons', 'ready', 'instances']);
  });

  step('accepts a new cluster on them, and list-drbd asks a confd', async () => {
    await slice.gnt('node1.example.com', 'gnt-cluster', 'init', ...plan.init, 'cluster.example.com');
    await slice.gnt('node1.example.com', 'gnt-node', 'add', '--no-ssh-key-check', 'node2.example.com');
    const list = await slice.gnt('node1.example.com', 'gnt-node', 'list', '--no-headers', '-o', 'name,role');
    expect(list.split(/\s+/)).toEqual(['node1.example.com', 'M', 'node2.example.com', 'C', '']);
    expect(await slice.gnt('node1.example.com', 'gnt-node', 'list-drbd', '--no-header', 'node2')).toBe('');
  });

  step('keeps the cluster across a restart, and starts it', async () => {
    await slice.engine.stopContainer(slice.container, 30);
    await slice.start();
    expect((await status()).nodes.map(({ role }) => role)).toEqual(['master', 'candidate']);
    expect((await slice.run([slicePaths.program, 'healthy'])).status).toBe(0);
  });

  step('starts after gnt-cluster destroy, also if it has created that cluster itself', async () => {
    await slice.gnt('node1.example.com', 'gnt-node', 'remove', 'node2.example.com');
    await slice.gnt('node1.example.com', 'gnt-cluster', 'destroy', '--yes-do-it');
    const content = JSON.stringify({ ...plan, provision: true });
    await slice.engine.writeFiles(slice.container, [{ path: slicePaths.plan, content, mode: 0o644 }]);
    const gone = { status: 0, stdout: 'no Ganeti cluster exists any more\n', stderr: '' };
    expect(await slice.run([slicePaths.program, 'healthy'])).toEqual(gone);
    await slice.engine.stopContainer(slice.container, 30);
    const message = 'The nodes are ready; no Ganeti cluster exists any more.';
    expect((await slice.start()).at(-1)).toMatchObject({ type: 'ready', message });
    expect(await slice.run([slicePaths.program, 'healthy'])).toEqual(gone);
    expect((await status()).nodes.map(({ role }) => role)).toEqual(['unjoined', 'unjoined']);
    expect((await knownToGaneti(slice.engine, { slices: [{ name: slice.container }] }, plan)).nodes).toEqual([]);
  });
});

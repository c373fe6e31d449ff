import { afterAll, beforeAll, describe, expect } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { killSlice } from '../support/kill-slice.ts';
import { health, node1, node2, node3, status } from '../support/several-slices.ts';
import { changeNodes } from '../support/slice-nodes.ts';
import type { Slice } from '../support/slice.ts';
import { createSlices, type Slices } from '../support/slices.ts';
import { story } from '../support/story.ts';

const overlay = { kind: 'vxlan', vni: 0x02_4e } as const;

describe.skipIf(!dockerAvailable)('a slice of two that is lost and returns', () => {
  const step = story();
  let made: Slices;
  let one: Slice;
  let two: Slice;
  beforeAll(async () => {
    made = await createSlices({ overlay, nodes: [1, 2], cluster: (plan) => plan });
    [one, two] = made.slices as [Slice, Slice];
    await Promise.all([one.start(), two.start()]);
  }, 300_000);
  afterAll(() => made[Symbol.asyncDispose]());

  const fences = async () => (await two.run(['ip', 'rule'])).stdout.includes('unreachable');

  step('continues with another master when the first master’s slice is lost, and fences off that slice', async () => {
    await killSlice(one);
    await two.gnt(node2, 'gnt-cluster', 'master-failover');
    expect(await health(two)).toBe('the cluster answers');
    await expect.poll(fences, { timeout: 30_000, interval: 500 }).toBe(true);
  });

  step('refuses to remove a node while a slice is down', async () => {
    const { events } = await changeNodes(two, 'remove-node', { node: node3, needs: {}, moves: [] });
    const message = "slice 1 (ssh://ops@host1) cannot be reached, and every slice must know the cluster's nodes";
    expect(events.at(-1)).toMatchObject({ type: 'failed', message });
  });

  step('accepts the lost slice again, with its old master as an ordinary node that knows the new master', async () => {
    await one.start();
    expect(await status(one)).toMatchObject({
      rapi: true,
      cluster: { master: node2 },
      nodes: [{ role: 'candidate', answers: true }],
    });
    const address = await Promise.all(
      [one, two].map(({ run }) => run(['ip', '-o', 'address', 'show', 'to', '198.18.0.1'])),
    );
    expect(address.map(({ stdout }) => stdout !== '')).toEqual([false, true]);
    await expect.poll(fences, { timeout: 30_000, interval: 500 }).toBe(false);
    expect(await two.gnt(node2, 'gnt-cluster', 'verify')).not.toMatch(/ERROR|WARNING/);
  });

  step('starts no master without a majority, and starts it when the other slice comes up', async () => {
    await one.gnt(node1, 'gnt-cluster', 'master-failover');
    await Promise.all([one, two].map(({ engine, container }) => engine.stopContainer(container, 30)));
    const warnings = (await one.start()).filter(({ type }) => type === 'warning').map(({ message }) => message);
    const reason = `no node has the votes of more than half of 3 nodes; votes: ${node1} 1`;
    expect(warnings).toContain(`the master's daemons are not started: ${reason}`);
    expect(await health(one)).toBe(reason);
    await two.start();
    expect(await health(two)).toBe('the cluster answers');
    expect(await status(one)).toMatchObject({ cluster: { master: node1 }, nodes: [{ role: 'master' }] });
  });

  step('follows gnt-cluster rename to the address of an instance, on both slices', async () => {
    await one.gnt(node1, 'gnt-cluster', 'rename', '-f', 'instance90.example.com');
    const proxies = () => two.run(['pgrep', '-u', 'nobody', '-fc', '198.18.128.90:5080']);
    await expect.poll(proxies, { timeout: 30_000, interval: 500 }).toMatchObject({ stdout: '1\n' });
    const cluster = { name: 'instance90.example.com', address: '198.18.128.90', master: node1 };
    for (const slice of [one, two]) expect(await status(slice)).toMatchObject({ cluster, rapi: true });
  });
});

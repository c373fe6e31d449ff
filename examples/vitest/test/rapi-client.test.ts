import { type Cluster, connect } from 'vcluster-box';
import { afterEach, beforeAll, expect, inject, it } from 'vitest';
import { JobError, rapiClient, RapiRequestError, type RapiClient } from '../src/rapi-client.ts';

const instance = 'instance1.example.com';

let cluster: Cluster;
let client: RapiClient;

beforeAll(async () => {
  cluster = await connect(inject('cluster'));
  client = rapiClient(cluster.rapi);
});

// Tests share the cluster, so undo their changes.
afterEach(async () => {
  await cluster.exec('node1', ['gnt-instance', 'remove', '--force', '--shutdown-timeout=0', instance]);
  await cluster.exec('node1', ['gnt-node', 'modify', '--drained=no', 'node2'], { check: true });
});

it('lists the nodes', async () => {
  expect(await client.nodeNames()).toEqual(cluster.nodes.map(({ name }) => name));
});

it('creates an instance and waits until it is running', async () => {
  await client.createInstance(instance, 'node2.example.com');
  expect(await client.instanceStatus(instance)).toBe('running');
  const list = ['gnt-instance', 'list', '--no-headers', '-o', 'name,pnode', instance];
  expect((await cluster.exec('node1', list)).stdout).toMatch(/^instance1\.example\.com +node2\.example\.com\n$/);
});

it('reports why a job failed', async () => {
  await client.createInstance(instance, 'node2.example.com');
  const duplicate = client.createInstance(instance, 'node1.example.com');
  await expect(duplicate).rejects.toThrow(JobError);
  await expect(duplicate).rejects.toThrow(/already in the cluster/);
});

it('removes an instance', async () => {
  await client.createInstance(instance, 'node1.example.com');
  await client.removeInstance(instance);
  await expect(client.instanceStatus(instance)).rejects.toMatchObject({ status: 404 });
});

it('reports that a node is drained', async () => {
  await cluster.node('node2').exec(['gnt-node', 'modify', '--drained=yes', 'node2'], { check: true });
  expect(await client.nodeRole('node2.example.com')).toBe('drained');
});

it('rejects a wrong password', async () => {
  const intruder = rapiClient({ ...cluster.rapi, password: 'wrong' });
  await expect(intruder.removeInstance(instance)).rejects.toThrow(RapiRequestError);
  await expect(intruder.removeInstance(instance)).rejects.toMatchObject({ status: 401 });
});

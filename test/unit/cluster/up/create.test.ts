import { expect, it } from 'vitest';
import { createSlices, type NewSlices } from '../../../../src/cluster/up/create.ts';
import { askHost, slot } from '../../../../src/cluster/up/hosts.ts';
import { createRollback } from '../../../../src/cluster/up/rollback.ts';
import { parseClusterSpec } from '../../../../src/config/parse-cluster-spec.ts';
import { NameTakenError } from '../../../../src/errors.ts';
import { planCluster } from '../../../../src/plan/plan-cluster.ts';
import { fakeEngine } from '../../../support/fake-engine.ts';

const image = { id: 'sha256:test', tags: ['vcluster-box:test'], size: 1, createdAt: 1, labels: {} };

/** The slices of an `up` on one host. */
async function newSlices(images: (typeof image)[] = [image]) {
  const engine = fakeEngine({ images });
  const request = parseClusterSpec({ name: 'lab' }, 'test');
  const slices: NewSlices = {
    request,
    hosts: [await askHost(engine, { endpoint: 'default' }, slot('lab', 1))],
    plans: [planCluster(request.spec)],
    underlay: { kind: 'none' },
    udpAddresses: [],
    circumstances: { image: 'vcluster-box:test', runId: 'test', version: 'test' },
    sharedFiles: [],
    definitions: [],
    signal: new AbortController().signal,
  };
  return { engine, slices };
}

const networks = ({ state }: ReturnType<typeof fakeEngine>) => state.networks.map(({ name }) => name);

it('the network exists before the container that is on it', async () => {
  const { engine, slices } = await newSlices();
  await createSlices(slices, createRollback());
  const created = engine.calls.map(({ method }) => method).filter((method) => method.startsWith('create'));
  expect(created).toEqual(['createNetwork', 'createContainer']);
});

it('an `up` that does not get the name leaves the network to the one that does, which removes it if it fails', async () => {
  const { engine, slices } = await newSlices();
  const [faster, slower] = [createRollback(), createRollback()];
  await createSlices(slices, faster);
  // The slower one has created the network nevertheless.
  const [network] = engine.state.networks.splice(0);
  await expect(createSlices(slices, slower)).rejects.toThrow(NameTakenError);
  expect(network).toBeDefined();
  await slower.undo();
  expect(networks(engine)).toEqual(['vcluster-box-lab']);
  await faster.undo();
  expect(networks(engine)).toEqual([]);
});

it('no network is left if the engine refuses the container', async () => {
  const { engine, slices } = await newSlices([]);
  await expect(createSlices({ ...slices }, createRollback())).rejects.toThrow('No such image');
  expect(networks(engine)).toEqual([]);
});

import { expect, it } from 'vitest';
import { createSlices, type NewSlices } from '../../../../src/cluster/up/create.ts';
import { askHost, slot } from '../../../../src/cluster/up/hosts.ts';
import { createRollback } from '../../../../src/cluster/up/rollback.ts';
import { parseClusterSpec } from '../../../../src/config/parse-cluster-spec.ts';
import { NameTakenError, NetworkMissingError } from '../../../../src/errors.ts';
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

/** As Podman: containers are created only on networks that exist. */
function likePodman(engine: ReturnType<typeof fakeEngine>): void {
  const create = engine.createContainer;
  const createContainer: typeof create = async (name, settings) => {
    if (!networks(engine).includes(settings.network)) throw new NetworkMissingError('network not found');
    return create(name, settings);
  };
  Object.assign(engine, { createContainer });
}

it('the container, whose name is the lock, is created before its network', async () => {
  const { engine, slices } = await newSlices();
  await createSlices(slices, createRollback());
  const created = engine.calls.map(({ method }) => method).filter((method) => method.startsWith('create'));
  expect(created).toEqual(['createContainer', 'createNetwork']);
});

it('an engine that needs the network before the container gets it', async () => {
  const { engine, slices } = await newSlices();
  likePodman(engine);
  await createSlices(slices, createRollback());
  expect(networks(engine)).toEqual(['vcluster-box-lab']);
  expect(engine.state.containers).toHaveLength(1);
});

it('an `up` that does not get the name leaves the network to the one that does, which removes it if it fails', async () => {
  const { engine, slices } = await newSlices();
  likePodman(engine);
  const [faster, slower] = [createRollback(), createRollback()];
  await createSlices(slices, faster);
  await expect(createSlices(slices, slower)).rejects.toThrow(NameTakenError);
  await slower.undo();
  expect(networks(engine)).toEqual(['vcluster-box-lab']);
  await faster.undo();
  expect(networks(engine)).toEqual([]);
});

it('no network is left if the engine refuses the container', async () => {
  const { engine, slices } = await newSlices([]);
  likePodman(engine);
  await expect(createSlices({ ...slices }, createRollback())).rejects.toThrow('No such image');
  expect(networks(engine)).toEqual([]);
});

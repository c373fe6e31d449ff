import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine, NetworkSettings } from '../../src/engine/engine.ts';
import { AddressPoolError, NameTakenError } from '../../src/errors.ts';
import { createBox } from '../support/box.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { testLabels } from '../support/test-image.ts';
import { testSubnet } from '../support/test-subnet.ts';

/** Other runs on this engine have resources with the same test labels. */
const labels = { ...testLabels, run: randomBytes(6).toString('hex') };

/** Everything here is created by the tests. */
const recent = expect.closeTo(Date.now() / 1000, -3) as number;

const subnet = testSubnet();
const inSubnet = subnet.replace(/\d+\/28$/, (last) => `${Number.parseInt(last) + 5}`);

describe.skipIf(!dockerAvailable)('a network', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
  });

  const create = async (given: Partial<NetworkSettings> = {}) => {
    const name = given.name ?? `vcluster-box-test-${randomBytes(6).toString('hex')}`;
    const id = await engine.createNetwork({ labels, subnet, ...given, name });
    return { id, name, [Symbol.asyncDispose]: () => engine.removeNetwork(name) };
  };

  it('is found by its labels, with its subnet', async () => {
    await using network = await create();
    const { id, name } = network;
    const kind = { driver: 'bridge', scope: 'local', attachable: false };
    const found = { id, name, ...kind, subnets: [subnet], labels, createdAt: recent };
    expect(await engine.findNetworks(labels)).toEqual([found]);
    expect(await engine.listNetworks()).toContainEqual(found);
  });

  it('has the given driver and options', async () => {
    const options = { 'com.docker.network.bridge.enable_icc': 'false' };
    await using network = await create({ driver: 'bridge', options });
    const made = (await (await docker()).getNetwork(network.id).inspect()) as { readonly Options: unknown };
    expect(made.Options).toEqual(options);
  });

  it('cannot have the name of another network', async () => {
    await using network = await create();
    await expect(create({ name: network.name, subnet: testSubnet() })).rejects.toThrow(NameTakenError);
  });

  it('cannot have the subnet of another network', async () => {
    await using network = await create();
    expect(network.id).not.toBe('');
    await expect(create()).rejects.toThrow(AddressPoolError);
  });

  it('that was removed and created again gets its stopped containers back, with their aliases and addresses', async () => {
    const first = await create();
    const box = await createBox(engine, { network: 'none' });
    const handle = (await docker()).getContainer(box.name);
    await handle.start();
    await (await docker()).getNetwork('none').disconnect({ Container: box.name });
    const requested = { Aliases: ['alias'], IPAMConfig: { IPv4Address: inSubnet } };
    await (await docker()).getNetwork(first.name).connect({ Container: box.name, EndpointConfig: requested });
    await handle.stop({ t: 0 });
    await engine.removeNetwork(first.name);
    await using second = await create({ name: first.name });
    expect((await engine.inspectContainer(box.name))?.networkIds).toEqual({ [first.name]: first.id });
    await engine.reconnectNetwork(box.name, second.name);
    await engine.startContainer(box.name);
    expect(await engine.inspectContainer(box.name)).toMatchObject({
      networkIds: { [second.name]: second.id },
      addresses: { [second.name]: inSubnet },
    });
    const { NetworkSettings } = await handle.inspect();
    expect(NetworkSettings.Networks[second.name]).toMatchObject({
      Aliases: expect.arrayContaining(['alias']) as unknown,
    });
    await engine.removeContainer(box.name);
  });

  it('can be removed twice without an error', async () => {
    const { name } = await create();
    await engine.removeNetwork(name);
    await engine.removeNetwork(name);
    expect((await engine.listNetworks()).map((network) => network.name)).not.toContain(name);
  });
});

describe.skipIf(!dockerAvailable)('a volume', () => {
  it('is found by its labels until it is removed', async () => {
    const engine = await testEngine();
    const name = `vcluster-box-test-${randomBytes(6).toString('hex')}`;
    await (await docker()).createVolume({ Name: name, Labels: labels });
    expect(await engine.findVolumes(labels)).toEqual([{ name, labels, createdAt: recent }]);
    await engine.removeVolume(name);
    await engine.removeVolume(name);
    expect(await engine.findVolumes(labels)).toEqual([]);
  });
});

describe.skipIf(!dockerAvailable)('the engine', () => {
  it('describes itself', async () => {
    const info = await (await testEngine()).describe();
    expect(info.version).toMatch(/^\d+\.\d+/);
    expect(info.apiVersion).toMatch(/^1\.\d+$/);
    expect(info.memory).toBeGreaterThan(100_000_000);
    expect(['1', '2']).toContain(info.cgroupVersion);
    expect(info.rootDirectory).toMatch(/^\//);
    expect(info.id).not.toBe('');
    // The engine runs on this machine, so both have the same clock.
    expect(Math.abs(info.systemTime - Date.now())).toBeLessThan(10_000);
  });
});

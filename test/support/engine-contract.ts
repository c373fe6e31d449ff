import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ContainerSettings, Engine } from '../../src/engine/engine.ts';
import { AddressPoolError, EngineError, FileError, NameTakenError, PortTakenError } from '../../src/errors.ts';
import { createBox } from './box.ts';
import { testSubnet } from './test-subnet.ts';
import { freePort } from './free-port.ts';

/**
 * What every engine does, the in-memory one of the unit tests, too: otherwise these would test a program that fails on
 * real engines.
 */
export function engineContract(what: string, connect: () => Promise<Engine>, skipped = false): void {
  describe.skipIf(skipped)(what, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await connect();
    });

    const unique = () => `vcluster-box-test-${randomBytes(6).toString('hex')}`;
    const box = async (given: Partial<ContainerSettings> = {}) => {
      const { name } = await createBox(engine, given);
      onTestFinished(() => engine.removeContainer(name));
      return name;
    };
    const network = async (subnet: string, name = unique()) => {
      const id = await engine.createNetwork({ name, labels: { 'vcluster-box.test': 'contract' }, subnet });
      onTestFinished(() => engine.removeNetwork(name));
      return { id, name };
    };
    const stateOf = async (name: string) => (await engine.inspectContainer(name))?.state;

    it('refuses a second container with the same name', async () => {
      const name = await box();
      await expect(createBox(engine, {}, name)).rejects.toThrow(NameTakenError);
    });

    it('refuses a container of an unknown image, and creates none', async () => {
      const name = unique();
      const created = createBox(engine, { image: 'vcluster-box-test:missing' }, name);
      await expect(created).rejects.toThrow(/No such image: vcluster-box-test:missing/);
      expect(await engine.inspectContainer(name)).toBeUndefined();
    });

    it('knows only existing containers, images and paths', async () => {
      expect(await engine.inspectContainer(unique())).toBeUndefined();
      expect(await engine.inspectImage('vcluster-box-test:missing')).toBeUndefined();
      expect(await engine.inspectPath(await box(), '/none')).toBeUndefined();
      expect(await engine.readFile(await box(), '/none')).toBeUndefined();
    });

    it('starts, pauses, unpauses and stops a container', async () => {
      const name = await box();
      expect(await stateOf(name)).toBe('created');
      await engine.startContainer(name);
      await engine.startContainer(name);
      expect(await stateOf(name)).toBe('running');
      await engine.pauseContainer(name);
      expect(await stateOf(name)).toBe('paused');
      await engine.unpauseContainer(name);
      await engine.stopContainer(name, 0);
      await engine.stopContainer(name, 0);
      expect(await stateOf(name)).toBe('exited');
    });

    it('pauses only what runs, and unpauses only what is paused', async () => {
      const name = await box();
      await expect(engine.pauseContainer(name)).rejects.toThrow(EngineError);
      await engine.startContainer(name);
      await expect(engine.unpauseContainer(name)).rejects.toThrow(EngineError);
    });

    it('does not start a paused container', async () => {
      const name = await box();
      await engine.startContainer(name);
      await engine.pauseContainer(name);
      await expect(engine.startContainer(name)).rejects.toThrow(EngineError);
      expect(await stateOf(name)).toBe('paused');
    });

    it('starts no container whose port another one has', async () => {
      const hostPort = await freePort();
      const ports = [{ containerPort: 80, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort }] as const;
      const [one, two] = [await box({ ports, network: 'bridge' }), await box({ ports, network: 'bridge' })];
      await engine.startContainer(one);
      await expect(engine.startContainer(two)).rejects.toThrow(PortTakenError);
      expect(await stateOf(two)).not.toBe('running');
    });

    it('removes a container that does not run, and no other one, with removeStopped', async () => {
      const name = await box();
      await engine.startContainer(name);
      expect(await engine.removeStopped(name)).toBe(false);
      await engine.stopContainer(name, 0);
      expect(await engine.removeStopped(name)).toBe(true);
      expect(await engine.inspectContainer(name)).toBeUndefined();
    });

    it('removes what does not exist without an error', async () => {
      await engine.removeContainer(unique());
      await engine.removeNetwork(unique());
      await engine.removeImage('vcluster-box-test:missing');
      await engine.removeVolume(unique());
    });

    it('fails for operations on a container that does not exist', async () => {
      const name = unique();
      await expect(engine.startContainer(name)).rejects.toThrow(EngineError);
      await expect(engine.updateLimits(name, { pidsLimit: 9 })).rejects.toThrow(EngineError);
      await expect(engine.readFile(name, '/etc/hostname')).rejects.toThrow(EngineError);
      await expect(engine.followLogs(name, { follow: false })[Symbol.asyncIterator]().next()).rejects.toThrow(
        EngineError,
      );
    });

    it('reads and writes files, but reads no folder as a file', async () => {
      const name = await box();
      await engine.writeFiles(name, [{ path: '/srv/deep/file', content: 'text', mode: 0o640 }]);
      expect((await engine.readFile(name, '/srv/deep/file'))?.toString()).toBe('text');
      expect(await engine.inspectPath(name, '/srv/deep/file')).toMatchObject({ type: 'file', size: 4 });
      expect(await engine.inspectPath(name, '/srv/deep')).toMatchObject({ type: 'directory' });
      await expect(engine.readFile(name, '/srv/deep')).rejects.toThrow(FileError);
    });

    it('refuses a second network with the same name or the same addresses', async () => {
      const subnet = testSubnet();
      const { name } = await network(subnet);
      await expect(network(testSubnet(), name)).rejects.toThrow(NameTakenError);
      await expect(network(subnet)).rejects.toThrow(AddressPoolError);
    });

    it('does not remove the image of a container', async () => {
      const name = await box();
      const { image = '' } = (await engine.inspectContainer(name)) ?? {};
      await expect(engine.removeImage(image)).rejects.toThrow(EngineError);
      expect(await engine.inspectImage(image)).toMatchObject({ tags: [image] });
    });
  });
}

import { describe, expect, it, vi } from 'vitest';
import type { Check } from '../../../src/cluster/doctor/checks.ts';
import { examine } from '../../../src/cluster/doctor/examine.ts';
import { EngineError } from '../../../src/errors.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeInfo, type FakeState } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const unreadable = { readText: () => Promise.reject(new Error('ENOENT')), freeMiB: () => Promise.resolve(10_000) };
const local = {
  readText: (path: string) => Promise.resolve(path === '/proc/meminfo' ? 'MemAvailable:  4096000 kB\n' : '128\n'),
  freeMiB: () => Promise.resolve(10_000),
};
const sliceImage = {
  id: 'sha256:1',
  tags: ['vcluster-box:3.0-test'],
  size: 1,
  createdAt: 0,
  labels: { 'vcluster-box.image': 'slice', 'vcluster-box.ganeti': '3.0' },
};

async function checksOf(given: Partial<FakeState> = {}, files = local): Promise<Record<string, Check>> {
  const checks = await examine(() => Promise.resolve(fakeEngine(given)), files);
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

describe('doctor', () => {
  it('reports no problem on an ordinary engine that has the images', async () => {
    const base = { ...sliceImage, tags: ['debian:trixie-slim'], labels: {} };
    const checks = Object.values(
      await checksOf({ images: [{ ...sliceImage, labels: {}, tags: ['debian:bookworm-slim'] }, base] }),
    );
    expect(checks.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual([
      'engine',
      'API version',
      'storage',
      'seccomp',
      'rootless',
      'memory',
      'limits',
      'inotify',
      'free memory',
      'free disk',
      'registry',
      'image 3.0',
      'image 3.1',
    ]);
  });

  it.each([
    ['API version', { apiVersion: '1.39' }, 'Docker 20.10 or newer'],
    ['storage', { storageDriver: 'vfs' }, 'overlay2'],
    ['seccomp', { securityOptions: [] }, 'seccomp'],
    ['memory', { memory: 2 ** 30 }, 'few nodes'],
    ['limits', { unlimited: ['memory' as const] }, 'cgroup_enable=memory'],
    ['limits', { unlimited: ['memory' as const, 'CPU' as const], rootless: true }, 'Delegate='],
  ])('warns about the %s when it is %j', async (name, given, remedy) => {
    const checks = await checksOf({ info: { ...fakeInfo, ...given } });
    expect(checks[name]).toMatchObject({ level: 'warn', remedy: expect.stringContaining(remedy) as string });
  });

  it('warns when neither the image that up needs nor its base exists; another slice image does not do', async () => {
    const checks = await checksOf({ images: [sliceImage] });
    expect(checks['image 3.0']).toMatchObject({ level: 'warn' });
    expect(checks['image 3.1']).toMatchObject({
      level: 'warn',
      found: 'neither the slice image nor a base image of Debian trixie exists',
    });
  });

  it('warns about an unreachable registry only when one is needed', async () => {
    const noRegistry = (images: FakeState['images']) => ({
      ...fakeEngine({ images }),
      findInRegistry: () => Promise.reject(new EngineError('cannot find it: no such host')),
    });
    const made = ['bookworm', 'trixie'].map((release) => ({
      ...sliceImage,
      id: release,
      labels: { 'vcluster-box.base': release },
      tags: [`vcluster-box-base:${release}`],
    }));
    const registryOf = async (images: FakeState['images']) =>
      (await examine(() => Promise.resolve(noRegistry(images)), local)).find(({ name }) => name === 'registry');
    expect(await registryOf(made)).toMatchObject({ level: 'ok' });
    expect(await registryOf([])).toMatchObject({ level: 'warn', found: 'cannot find it: no such host' });
  });

  it('runs a scratch container when an image exists, and removes it', async () => {
    const facts = { inotifyInstances: 64, memoryAvailableMiB: 2150, diskFreeMiB: 100 };
    const logs = [{ stream: 'stdout' as const, text: JSON.stringify(facts) }];
    const builtOnIt = { ...sliceImage, id: 'sha256:2', tags: ['vcluster-box-test:idle'] };
    const engine = fakeEngine({ images: [builtOnIt, sliceImage], logs });
    const checks = await examine(() => Promise.resolve(engine), unreadable);
    expect(checks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'inotify', level: 'warn' }),
        expect.objectContaining({ name: 'free memory', level: 'ok', found: '2.1 GiB: room for about 100 nodes' }),
        expect.objectContaining({ name: 'free disk', level: 'fail', found: '100 MiB' }),
      ]),
    );
    expect(engine.state.containers).toEqual([]);
    const [created] = engine.calls.filter(({ method }) => method === 'createContainer');
    expect(created?.args[1]).toMatchObject({
      image: 'vcluster-box:3.0-test',
      command: ['probe'],
      capDrop: ['ALL'],
      network: 'none',
      ulimits: [{ name: 'nofile', soft: 1024, hard: 4096 }],
    });
  });

  it.each([
    ['{"inotifyInstances":', 'it is not JSON'],
    ['{"diskFreeMiB":"100"}', 'diskFreeMiB is string, not a number'],
  ])('continues with the other checks when the scratch container answers %s', async (text, problem) => {
    const logs = [{ stream: 'stdout' as const, text }];
    const checks = await checksOf({ images: [sliceImage], logs }, unreadable);
    const found = `the probe in image vcluster-box:3.0-test is not usable: ${problem}`;
    expect(checks['container']).toEqual({ name: 'container', level: 'fail', found });
    expect(checks['registry']).toMatchObject({ level: 'ok' });
  });

  it('continues with the other checks when the scratch container does not answer in time, and removes it', async () => {
    using timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
    const engine = fakeEngine({ images: [sliceImage] });
    const checks = await examine(() => Promise.resolve(engine), unreadable);
    const found = 'the probe in image vcluster-box:3.0-test did not answer in 20 s';
    expect(checks).toContainEqual({ name: 'container', level: 'fail', found });
    expect(timeout).toHaveBeenCalledWith(20_000);
    expect(engine.state.containers).toEqual([]);
  });

  it('names containers that cannot be started, with what to do', async () => {
    const startError = "cannot publish 10.99.99.1:5080: 10.99.99.1 is not an address of the engine's host";
    const checks = await checksOf({ containers: [fakeCluster('demo', 1, { state: 'exited', startError })] });
    expect(checks['clusters']).toEqual({
      name: 'clusters',
      level: 'warn',
      found: `vcluster-box-demo-1: ${startError}`,
      remedy: 'correct this and run vcluster-box start demo, or recreate the cluster: vcluster-box down demo',
    });
  });

  it('leaves out what it cannot determine', async () => {
    expect(Object.keys(await checksOf({}, unreadable))).not.toContain('inotify');
  });

  it('lists the endpoints that it tried when no engine answers', async () => {
    const error = new EngineError('no engine answers', { output: ['unix:///a: missing'], hint: 'start Docker' });
    expect(await examine(() => Promise.reject(error), local)).toEqual([
      { name: 'engine', level: 'fail', found: 'no engine answers\nunix:///a: missing', remedy: 'start Docker' },
    ]);
  });

  it('exits with 1 when a check fails, and with 0 when there are only warnings', async () => {
    const onCall = (method: string) => {
      if (method === 'startContainer') throw new EngineError('no more open files', { hint: 'raise the limit' });
    };
    const failing = await runCli(['doctor'], { engine: fakeEngine({ images: [sliceImage], onCall }) });
    expect(failing.status).toBe(1);
    expect(failing.stdout).toContain('fail  container    no more open files\n                   -> raise the limit');
    const warning = await runCli(['doctor', '--json'], {
      engine: fakeEngine({ info: { ...fakeInfo, storageDriver: 'vfs' } }),
    });
    expect(warning.status).toBe(0);
    expect(JSON.parse(warning.stdout)).toContainEqual(expect.objectContaining({ name: 'storage', level: 'warn' }));
  });

  it('checks the engine of another host', async () => {
    const hosts = { 'ssh://ops@beta': fakeEngine({ info: { ...fakeInfo, version: '29.1.0' } }) };
    const { stdout } = await runCli(['doctor', '--host', 'ssh://ops@beta'], { engine: null, hosts });
    expect(stdout).toContain('29.1.0');
    const lost = await runCli(['doctor', '--host', 'ssh://ops@gamma'], { hosts });
    expect([lost.status, lost.stdout]).toEqual([
      1,
      expect.stringContaining('the host ssh://ops@gamma cannot be reached: no route to host'),
    ]);
  });
});

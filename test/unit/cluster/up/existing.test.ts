import { describe, expect, it } from 'vitest';
import { awaitOtherUp } from '../../../../src/cluster/up/existing.ts';
import { parseClusterSpec } from '../../../../src/config/parse-cluster-spec.ts';
import { fakeCluster } from '../../../support/fake-cluster.ts';
import { fakeEngine, type FakeEngine } from '../../../support/fake-engine.ts';

const searchOn = (engine: FakeEngine, signal = new AbortController().signal) => ({
  engines: {
    engine: () => Promise.resolve(engine),
    connect: () => Promise.resolve(engine),
    addressOf: () => Promise.resolve(undefined),
  },
  request: parseClusterSpec({ name: 'lab' }, 'test'),
  own: undefined,
  stateDirectory: '/nonexistent',
  report: () => undefined,
  signal,
});

const hostOn = (engine: FakeEngine) => () =>
  Promise.resolve([{ number: 1, endpoint: 'default', engine, container: 'vcluster-box-lab-1' }]);

describe('a second concurrent up', () => {
  it('waits until the existing container is listed', async () => {
    const engine = fakeEngine();
    const other = awaitOtherUp(hostOn(engine), searchOn(engine));
    await expect.poll(() => engine.calls.length).toBeGreaterThan(2);
    engine.state.containers = [fakeCluster('lab')];
    expect(await other).toMatchObject({ cluster: { slices: [{ name: 'vcluster-box-lab-1' }] } });
  });

  it('stops waiting when it is interrupted', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    const engine = fakeEngine();
    await expect(awaitOtherUp(hostOn(engine), searchOn(engine, signal))).rejects.toThrow('interrupted');
  });
});

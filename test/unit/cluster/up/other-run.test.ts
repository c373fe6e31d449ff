import { describe, expect, it } from 'vitest';
import { findOther, unlessNameTaken } from '../../../../src/cluster/up/other-run.ts';
import { parseClusterSpec } from '../../../../src/config/parse-cluster-spec.ts';
import { EngineError, NameTakenError } from '../../../../src/errors.ts';
import { fakeCluster } from '../../../support/fake-cluster.ts';
import { fakeEngine } from '../../../support/fake-engine.ts';

const context = {
  request: parseClusterSpec({ name: 'lab' }, 'test'),
  report: () => undefined,
  signal: new AbortController().signal,
};

describe('an up that comes second', () => {
  it('waits until the container that has the name can be found', async () => {
    const engine = fakeEngine();
    const other = findOther(engine, context);
    await expect.poll(() => engine.calls.length).toBeGreaterThan(2);
    engine.state.containers = [fakeCluster('lab')];
    expect(await other).toMatchObject({ container: { name: 'vcluster-box-lab-1' } });
  });

  it('stops waiting when it is interrupted', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(findOther(fakeEngine(), { ...context, signal })).rejects.toThrow('interrupted');
  });

  it('is told from one that fails for another reason', async () => {
    await expect(unlessNameTaken(Promise.reject(new NameTakenError('taken')))).resolves.toBeUndefined();
    await expect(unlessNameTaken(Promise.reject(new EngineError('no')))).rejects.toThrow('no');
  });
});

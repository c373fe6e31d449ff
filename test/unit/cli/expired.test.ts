import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { planCluster, withDeadline } from '../../../src/plan/plan-cluster.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

// The current time that `runCli` uses.
const now = 1_700_000_000_000;
const ending = (name: string, afterMs: number, state: 'running' | 'exited' | 'paused' = 'exited') => {
  const { labels, ...rest } = fakeCluster(name, 1, { state });
  return { ...rest, labels: { ...labels, 'vcluster-box.expires': new Date(now + afterMs).toISOString() } };
};
const left = async (...containers: ReturnType<typeof ending>[]) => {
  const engine = fakeEngine({ containers });
  const { stderr, status } = await runCli(['ls'], { engine });
  expect(status).toBe(0);
  return { names: engine.state.containers.map(({ name }) => name), stderr };
};

describe('a cluster with a time to live', () => {
  it('is removed by the next command once it has expired and stopped, and that is reported', async () => {
    const { names, stderr } = await left(ending('old', -1), ending('young', 1000));
    expect(names).toEqual(['vcluster-box-young-1']);
    expect(stderr).toMatch(/^Removed cluster old: its time to live is over\.\n/);
  });

  it('is removed when it is paused, because it cannot stop itself', async () => {
    expect((await left(ending('old', -1, 'paused'))).names).toEqual([]);
  });

  it('stays when another command has just recreated it', async () => {
    const old = ending('again', -1);
    const engine = fakeEngine({
      containers: [old],
      onCall: (method, [labels]) => {
        // Between the first lookup, of all clusters, and the second, of this one.
        const { 'vcluster-box.cluster': cluster } = labels as Record<string, string>;
        if (method === 'findContainers' && cluster === '') {
          engine.state.containers = [ending('again', 3_600_000, 'running')];
        }
      },
    });
    await runCli(['ls'], { engine });
    expect(engine.state.containers).toMatchObject([{ name: old.name, state: 'running' }]);
  });

  it('that cannot be removed causes a warning, and the other command still runs', async () => {
    const onCall = (method: string) => {
      if (method === 'removeContainer') throw new EngineError('device is busy');
    };
    const { status, stderr } = await runCli(['ls'], {
      engine: fakeEngine({ containers: [ending('old', -1)], onCall }),
    });
    expect(status).toBe(0);
    expect(stderr).toContain('cannot remove expired cluster old: device is busy');
  });

  it('is not removed by shell completion', async () => {
    const engine = fakeEngine({ containers: [ending('old', -1)] });
    await runCli(['__complete', '--', 'status', ''], { engine });
    expect(engine.state.containers).toHaveLength(1);
  });

  it('stays while it runs, because it stops itself', async () => {
    expect((await left(ending('old', -1, 'running'))).names).toEqual(['vcluster-box-old-1']);
  });

  it('has its expiry in the plan, and a restart policy that does not restart it', () => {
    const { spec, given } = parseClusterSpec({ ttl: '2h' }, 'test');
    expect(withDeadline(planCluster(spec), spec, new Date(now)).expires).toBe('2023-11-15T00:13:20.000Z');
    expect(spec.restart).toBe('on-failure');
    expect(given).toEqual({ ttl: 7200 });
  });

  it('has no expiry in the plan by default', () => {
    const { spec } = parseClusterSpec({}, 'test');
    expect(withDeadline(planCluster(spec), spec, new Date(now)).expires).toBeNull();
  });

  it.each([
    ['5s', 'command line: ttl: must be a time from 10s to 365d, such as 90m or 2h, not 5s'],
    ['tomorrow', 'command line: ttl: must be a time from 10s to 365d, such as 90m or 2h, not tomorrow'],
  ])('cannot have a ttl of %s', async (ttl, said) => {
    expect(await runCli(['up', '--ttl', ttl])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(said) as string,
    });
  });

  it.each(['always', 'unless-stopped'])('cannot have the restart policy %s', async (restart) => {
    expect(await runCli(['up', '--ttl', '2h', '--restart', restart])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`restart: must be no or on-failure when ttl is set, not ${restart}`) as string,
    });
  });
});

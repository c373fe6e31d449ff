import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CliOptions, vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { clusterFacts } from '../support/e2e-facts.ts';
import { addInstance, complaintsOf, isWell } from '../support/e2e-instance.ts';
import { type PrivateEngine, startPrivateEngine, whyNoPrivateEngine } from '../support/private-engine.ts';

const instance = 'instance1.example.com';
const container = 'vcluster-box-restarted-1';
const missing = dockerAvailable ? whyNoPrivateEngine() : 'no engine';

describe.skipIf(missing !== undefined)(`a cluster on a private engine${missing ? ` (${missing})` : ''}`, () => {
  let engine: PrivateEngine;
  let bootMs: number;
  const onEngine = (args: readonly string[], options: CliOptions = {}) =>
    vcluster(args, { ...options, env: { DOCKER_HOST: engine.endpoint } });
  const run: typeof onEngine = (args, options) => onEngine(['-c', 'restarted', ...args], options);

  const startedAt = async () =>
    (await engine.docker.getContainer('vcluster-box-restarted-1').inspect()).State.StartedAt;

  /** Everything is as before, although the container was restarted without a request. */
  const isTheSameAfter = async (interruption: () => Promise<void>) => {
    const before = await clusterFacts({ run });
    const start = await startedAt();
    await interruption();
    await vi.waitFor(
      async () => {
        expect(await startedAt()).not.toBe(start);
        expect(await isWell({ run })).toBe(true);
      },
      { timeout: 120_000, interval: 2000 },
    );
    expect(await clusterFacts({ run })).toEqual(before);
  };

  beforeAll(async () => {
    // The image is that of the other tests: nothing is built here.
    const { stdout: image } = await vcluster(['image', 'build'], { timeout: 600_000 });
    engine = await startPrivateEngine();
    await engine.load(await docker(), image.trim());
    const began = performance.now();
    expect(await run(['up', 'restarted', '-n', '2'])).toExitWith(0);
    bootMs = performance.now() - began;
    await addInstance({ run }, instance, 'node2');
  }, 900_000);
  afterAll(async () => {
    await (engine as PrivateEngine | undefined)?.[Symbol.asyncDispose]();
  });

  it('has a running instance', async () => {
    const list = ['gnt-instance', 'list', '--no-headers', '-o', 'name,status'];
    expect((await run(['exec', 'node1', ...list])).stdout).toMatch(/^instance1\.example\.com +running$/);
  });

  it('restarts after a clean stop and start of the engine', async () => {
    await isTheSameAfter(async () => {
      await engine.stop();
      await engine.start();
    });
  });

  it('restarts after a power failure, when the engine is started again', async () => {
    await isTheSameAfter(async () => {
      await engine.cutPower();
      await engine.start();
    });
  });

  // After a kill, an engine stops containers that still run, and records that as a stop by the user (moby:
  // `HasBeenManuallyStopped`, as of 20.10). So `unless-stopped` does not restart them.
  it('is recovered by start when only the engine was killed and started again', async () => {
    await isTheSameAfter(async () => {
      await engine.kill();
      await engine.start();
      expect(await run(['start', 'restarted'], { timeout: 100_000 })).toExitWith(0);
    });
  });

  it('also restarts in that case with the restart policy `always`', async () => {
    await engine.docker.getContainer(container).update({ RestartPolicy: { Name: 'always' } });
    await isTheSameAfter(async () => {
      await engine.kill();
      await engine.start();
    });
  });

  // Of all the restarts before, because it takes seconds.
  it('passes gnt-cluster verify', async () => {
    expect(await complaintsOf({ run })).toEqual([]);
  });

  // Every command on an engine removes expired clusters, so on a shared engine other tests would be first.
  it('removes a cluster whose time to live is over', async () => {
    const states = async () => {
      const filters = { label: ['vcluster-box.cluster=ttl'] };
      return (await engine.docker.listContainers({ all: true, filters })).map(({ State }) => State);
    };
    // Time enough for a slow machine to create it, and to ask for another time to live.
    const ttl = `${Math.ceil(30 + (2 * bootMs) / 1000)}s`;
    const up = await onEngine(['up', 'ttl', '-n', '1', '--ttl', ttl]);
    expect(up).toExitWith(0);
    expect((await onEngine(['up', 'ttl', '--ttl', '1h'])).stderr).toContain(`ttl is ${ttl}, requested 1h`);
    await expect.poll(states, { timeout: 200_000, interval: 500 }).toEqual(['exited']);
    const { stdout, stderr } = await onEngine(['ls']);
    expect(stderr).toContain('Removed cluster ttl: its time to live is over.');
    expect(stdout).not.toMatch(/\bttl\b/);
    expect(await states()).toEqual([]);
    const networks = (await engine.docker.listNetworks()).map(({ Name }) => Name);
    expect(networks).not.toContain('vcluster-box-ttl');
    expect(networks).toContain('vcluster-box-restarted');
  });
});

import { getuid, kill } from 'node:process';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { networkName } from '../../src/plan/names.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { clusterFacts } from '../support/e2e-facts.ts';
import { addInstance, complaintsOf, isWell } from '../support/e2e-instance.ts';
import { engineSocket } from '../support/e2e-proxy.ts';
import { askRapi } from '../support/e2e-rapi.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

interface Reach {
  readonly rapi: { readonly url: string; readonly password: string };
}

const instance = 'instance1.example.com';
/** The tests can kill processes in containers: they run as root, on the machine of the engine. */
const canKill = dockerAvailable && getuid?.() === 0 && engineSocket(await testEngine()) !== undefined;

describe.skipIf(!dockerAvailable)('a cluster with a running instance', () => {
  let cluster: SharedCluster;

  const look = async () => {
    const { rapi } = JSON.parse((await cluster.run(['info', '--json'])).stdout) as Reach;
    return { facts: await clusterFacts(cluster), rapi };
  };
  const container = async () => (await docker()).getContainer(cluster.container);
  const up = async () => {
    const { stdout } = await succeed(['up', cluster.name]);
    // A cluster that restarts can be ready before `up` looks.
    expect(stdout).toMatch(new RegExp(`^Cluster ${cluster.name} (is|was already) running, with 3 nodes`));
  };
  const isTheSameAfter = async (interruption: () => Promise<void>) => {
    const before = await look();
    await interruption();
    expect(await look()).toEqual(before);
  };

  beforeAll(async () => {
    cluster = await sharedCluster();
    await addInstance(cluster, instance, 'node2');
  }, 300_000);
  afterAll(async () => {
    await succeed(['up', cluster.name]);
    await cluster.run(['exec', 'node1', 'gnt-instance', 'remove', '-f', '--shutdown-timeout=0', instance]);
  });

  it('is running', async () => {
    const { instances, jobs } = (await look()).facts;
    expect(instances).toMatch(/^instance1\.example\.com +\S+ +node2\.example\.com +running /);
    expect(jobs).toContain(`INSTANCE_CREATE(${instance})`);
  });

  it('is the same after docker restart', async () => {
    await isTheSameAfter(async () => {
      await (await container()).restart({ t: 30 });
      await up();
    });
  });

  it.skipIf(!canKill)('restarts after a SIGKILL of the container', async () => {
    await isTheSameAfter(async () => {
      const { State } = await (await container()).inspect();
      kill(State.Pid, 'SIGKILL');
      await vi.waitFor(
        async () => {
          expect((await (await container()).inspect()).State.StartedAt).not.toBe(State.StartedAt);
          expect(await isWell(cluster)).toBe(true);
        },
        { timeout: 120_000, interval: 2000 },
      );
    });
  });

  it('is the same after docker stop and up', async () => {
    await isTheSameAfter(async () => {
      await (await container()).stop({ t: 30 });
      await up();
    });
  });

  it('is the same after stop and start', async () => {
    await isTheSameAfter(async () => {
      expect((await succeed(['stop', cluster.name])).stdout).toBe(`Cluster ${cluster.name} is stopped.`);
      expect((await succeed(['start', cluster.name])).stdout).toBe(`Cluster ${cluster.name} is running.`);
    });
  });

  it('is the same after stop, docker network prune and start', async () => {
    await isTheSameAfter(async () => {
      await succeed(['stop', cluster.name]);
      const { NetworksDeleted } = await (
        await docker()
      ).pruneNetworks({ filters: { label: [`vcluster-box.cluster=${cluster.name}`] } });
      expect(NetworksDeleted).toEqual([networkName(cluster.name)]);
      await succeed(['start', cluster.name]);
    });
  });

  it('is the same after restart, and after pause and unpause', async () => {
    await isTheSameAfter(async () => {
      await succeed(['restart', cluster.name]);
      await succeed(['pause', cluster.name]);
      expect((await (await container()).inspect()).State.Paused).toBe(true);
      for (const args of [
        ['exec', 'node1', 'true'],
        ['up', cluster.name],
      ]) {
        const { exitCode, stderr } = await cluster.run(args);
        expect({ exitCode, stderr }).toEqual({
          exitCode: 125,
          stderr: expect.stringContaining(`error: cluster ${cluster.name} is paused`) as string,
        });
        expect(stderr).toContain(`hint: resume it: vcluster-box unpause ${cluster.name}`);
      }
      await succeed(['unpause', cluster.name]);
    });
  });

  it('is the same after its node was stopped and started, and the other nodes noticed', async () => {
    await isTheSameAfter(async () => {
      await succeed(['stop', cluster.name, '--node', 'node2']);
      const { stdout, exitCode } = await cluster.run(['status']);
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/^node2\.example\.com +candidate +198\.18\.1\.2 +stopped$/m);
      const list = ['exec', 'node1', 'gnt-instance', 'list', '--no-headers', '-o', 'status'];
      expect((await cluster.run(list)).stdout).toBe('ERROR_nodedown');
      await succeed(['start', cluster.name, '--node', 'node2']);
    });
  });

  it('is the same after docker kill and up', async () => {
    await isTheSameAfter(async () => {
      await (await container()).kill();
      await up();
    });
  });

  it('is available over RAPI as well', async () => {
    const { rapi } = await look();
    const { status, body } = await askRapi(`${rapi.url}/2/instances/${instance}`, rapi.password);
    expect({ status, instance: JSON.parse(body) as unknown }).toMatchObject({
      status: 200,
      instance: { name: instance, status: 'running', pnode: 'node2.example.com' },
    });
  });

  // Of all the interruptions before, because it takes seconds.
  it('passes gnt-cluster verify', async () => {
    expect(await complaintsOf(cluster)).toEqual([]);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { baseThat } from '../support/e2e-base.ts';
import { docker } from '../support/e2e-docker.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';
import { engineSocket, proxyTo } from '../support/e2e-proxy.ts';
import { startCli } from '../support/e2e-start.ts';

const name = testCluster('interrupted');
const stays = testCluster('stays');
const staysContainer = `vcluster-box-${stays}-1`;

describe.skipIf(!dockerAvailable)('an interrupted up', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
    expect(await vcluster(['up', stays, '-n', '1'], { timeout: 600_000 })).toExitWith(0);
  }, 600_000);
  afterEach(() => vcluster(['down', name]));
  afterAll(() => vcluster(['down', stays]));

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s exits with %i and removes what it created, and only that', async (signal, status) => {
    const { program, until } = startCli(['up', name, '-n', '20']);
    await until(' ... Initialising the cluster');
    program.kill(signal);
    const { exitCode, stdout, stderr } = await program;
    expect({ exitCode, stdout }).toEqual({ exitCode: status, stdout: '' });
    expect(stderr).toMatch(/^The log of slice 1 is in \/.*\/\S+-interrupted-\w+-1\.log$/m);
    // An interruption is intentional, so there is no request for a bug report.
    expect(stderr).not.toContain('bug report');
    expect(stderr).toMatch(/\nerror: interrupted; what this run had created was removed$/);
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
    expect(await engine.inspectContainer(staysContainer)).toMatchObject({ state: 'running' });
  });

  it('leaves neither image nor container while its image is built', async () => {
    const { tag: base, labels } = await baseThat(engine, 'slow', 'echo building it; sleep 600');
    const { program, until } = startCli(['up', name, '--verbose', '--base', base]);
    const filters = { label: Object.entries(labels).map((pair) => pair.join('=')) };
    // The engine's containers of a build have the labels of their image, so they are not ours.
    const builds = async () => (await docker()).listContainers({ all: true, filters });
    await until('building it');
    expect(await builds()).toHaveLength(1);
    program.kill('SIGINT');
    const { exitCode, stderr } = await program;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/^FAIL Slice image\nerror: interrupted$/m);
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
    expect((await engine.findImages(labels)).flatMap(({ tags }) => tags)).toEqual([base]);
    await expect.poll(builds, { timeout: 20_000 }).toEqual([]);
    await engine.removeImage(base);
  });

  it('leaves an existing cluster, and the next up finishes it', async () => {
    await engine.stopContainer(staysContainer, 30);
    const before = await leftOf(engine, stays);
    const { program, until } = startCli(['up', stays]);
    await until(" ... Starting the nodes' daemons");
    program.kill('SIGINT');
    const { exitCode, stderr } = await program;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/\nerror: interrupted$/);
    expect(await leftOf(engine, stays)).toEqual(before);
    expect(await vcluster(['up', stays])).toExitWith(0);
  });

  it('exits at once when it is interrupted again', async ({ skip }) => {
    const socket = engineSocket(engine);
    if (socket === undefined) return skip('the engine is on another machine');
    await using proxy = await proxyTo(socket);
    const { program, until } = startCli(['up', name], { env: { DOCKER_HOST: proxy.endpoint } });
    await until(' ... Initialising the cluster');
    // With the stalled proxy, the cleanup never ends.
    proxy.stall();
    program.kill('SIGINT');
    await until('FAIL Initialising the cluster');
    program.kill('SIGINT');
    expect(await program).toMatchObject({ signal: 'SIGINT' });
  });
});

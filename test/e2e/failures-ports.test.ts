import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';
import { engineSocket, listen, portOf } from '../support/e2e-proxy.ts';

const name = testCluster('ports');
const other = testCluster('ports2');

async function rapiPort(engine: Engine, cluster: string): Promise<number | undefined> {
  return (await engine.inspectContainer(`vcluster-box-${cluster}-1`))?.ports[0]?.hostPort;
}

describe.skipIf(!dockerAvailable)('the published port of RAPI', () => {
  let engine: Engine;
  // Keeps 5080 busy, unless another program already does.
  const server: Server = createServer();
  beforeAll(async () => {
    engine = await testEngine();
    await listen(server, { port: 5080, host: '127.0.0.1' }).catch(() => undefined);
    expect(await vcluster(['up', name, '-n', '1'], { timeout: 600_000 })).toExitWith(0);
  }, 600_000);
  afterAll(async () => {
    server.close();
    await vcluster(['down', name, other]);
  });

  it('is the next free port while 5080 is taken, and stays the same after a restart', async () => {
    const port = await rapiPort(engine, name);
    expect(port).toBeGreaterThan(5080);
    await engine.stopContainer(`vcluster-box-${name}-1`, 30);
    server.close();
    const { exitCode, stdout } = await vcluster(['up', name]);
    expect({ exitCode, port: await rapiPort(engine, name) }).toEqual({ exitCode: 0, port });
    expect(stdout).toContain(`https://127.0.0.1:${port}\n`);
  });

  it('cannot be a port of another cluster', async () => {
    const port = await rapiPort(engine, name);
    const { exitCode, stdout, stderr } = await vcluster(['up', other, '-n', '1', '--rapi', `${port}`]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^error: 127\\.0\\.0\\.1:${port} is in use on the engine's host\\n(.*\\n)*hint: .*--rapi`, 'm'),
    );
    expect(await leftOf(engine, other)).toEqual(nothingLeft);
    expect(await engine.inspectContainer(`vcluster-box-${name}-1`)).toMatchObject({ state: 'running' });
  });

  it('cannot be a port of a program on the host', async ({ skip }) => {
    if (engineSocket(engine) === undefined) skip('the engine is on another machine');
    const listener = createServer();
    await listen(listener, { port: 0, host: '127.0.0.1' });
    const { exitCode, stderr } = await vcluster(['up', other, '-n', '1', '--rapi', `127.0.0.1:${portOf(listener)}`]);
    listener.close();
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/^error: 127\.0\.0\.1:\d+ is in use on the engine's host\n(.*\n)*hint: .*--rapi/m);
    expect(await leftOf(engine, other)).toEqual(nothingLeft);
  });
});

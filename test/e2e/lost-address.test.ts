import { randomInt } from 'node:crypto';
import { getuid } from 'node:process';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { firstLine } from '../support/e2e-connections.ts';
import { engineSocket } from '../support/e2e-proxy.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';
import { succeed } from '../support/e2e-succeed.ts';

/** The test changes this machine's addresses. */
const canChange = dockerAvailable && getuid?.() === 0 && engineSocket(await testEngine()) !== undefined;

describe.skipIf(!canChange)('a port on an address that this machine loses while the cluster runs', () => {
  const address = `10.99.99.${randomInt(1, 255)}`;
  const change = (verb: 'add' | 'del') => execa('ip', ['address', verb, `${address}/32`, 'dev', 'lo']);
  let cluster: SharedCluster;
  let port: number;
  let gone: string;

  beforeAll(async () => {
    cluster = await sharedCluster();
    await change('add');
    const { stdout } = await succeed(['-c', cluster.name, 'port', 'add', `${address}:node1:22`, '--json']);
    port = (JSON.parse(stdout) as { readonly port: number }[])[0]?.port ?? 0;
    gone = `port ${port} cannot be reached on ${address}, which is no longer an address of the engine's host`;
  }, 300_000);
  afterAll(async () => {
    await change('del');
    await succeed(['-c', cluster.name, 'port', 'rm', `${port}`]);
  });

  it('is open before', async () => {
    expect(await firstLine(port, address)).toMatch(/^SSH-2\.0-OpenSSH/);
    expect(await cluster.run(['status'])).toExitWith(0);
    expect((await cluster.run(['port', 'ls'])).stdout).toMatch(new RegExp(`^${address}:${port} .* open `, 'm'));
  });

  it('is reported by status, doctor, up, start and port, with what to do', async () => {
    await change('del');
    const remedy = `stop publishing it: vcluster-box -c ${cluster.name} port rm ${port}`;
    const { exitCode, stdout } = await cluster.run(['status']);
    expect([exitCode, stdout.split('\n')[1]]).toEqual([1, `${gone}; give the host the address again, or ${remedy}`]);
    const checks = (await succeed(['doctor'])).stdout.replaceAll(/\s+/g, ' ');
    expect(checks).toContain(`${gone} -> give the host the address again, or ${remedy}`);
    for (const command of ['up', 'start']) {
      expect((await succeed([command, cluster.name])).stderr).toContain(`warning: ${gone}`);
    }
    expect((await cluster.run(['port', 'ls'])).stdout).toMatch(new RegExp(`^${address}:${port} .* closed `, 'm'));
    const { stderr } = await cluster.run(['port', 'add', `${address}:${port}:node1:22`]);
    expect(stderr).toContain(`cannot publish ${address}:${port}: ${address} is not an address of the engine's host`);
  });

  it('is open again when the address is back', async () => {
    await change('add');
    expect(await cluster.run(['status'])).toExitWith(0);
    expect(await firstLine(port, address)).toMatch(/^SSH-2\.0-OpenSSH/);
  });
});

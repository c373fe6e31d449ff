import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { containerName } from '../../src/plan/names.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { certificateName, firstLine, whileBusy } from '../support/e2e-connections.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';
import { engineSocket } from '../support/e2e-proxy.ts';
import { askRapi } from '../support/e2e-rapi.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { story } from '../support/story.ts';

const name = testCluster('publish');
const slice = containerName(name, 1);
const run = (...args: readonly string[]) => vcluster(['-c', name, ...args]);

interface Port {
  readonly address: string;
  readonly port: number;
  readonly target: string;
  readonly made?: boolean;
}

const ports = (stdout: string) => JSON.parse(stdout) as readonly Port[];

describe.skipIf(!dockerAvailable)('published ports', () => {
  const step = story();
  let engine: Engine;
  let ssh: number;
  let noded: number;
  beforeAll(async () => {
    engine = await testEngine();
    await vcluster(['down', name]);
    const up = await succeed(['up', name, '-n', '2', '--rapi', '0.0.0.0:auto', '--publish', 'node2:22', '--json']);
    const { ports: published } = JSON.parse(up.stdout) as { readonly ports: readonly Port[] };
    ssh = published[0]?.port ?? 0;
    const added = await succeed(['-c', name, 'port', 'add', 'node1:1811', '--json']);
    noded = ports(added.stdout)[0]?.port ?? 0;
  }, 400_000);
  afterAll(async () => {
    await vcluster(['down', name]);
  });

  it('lead to the nodes: one from up, one added later', async () => {
    expect(ssh).toBeGreaterThanOrEqual(20_000);
    expect(await firstLine(ssh)).toMatch(/^SSH-2\.0-OpenSSH/);
    expect(noded).toBeGreaterThanOrEqual(1811);
    expect(await certificateName(noded)).toBe('ganeti.example.com');
  });

  step('stay unchanged when they are requested again, and can be extended', async () => {
    const again = await vcluster(['up', name, '--publish', 'node2:22', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ changed: false, ports: [{ port: noded }, { port: ssh }] });
    const more = await vcluster(['up', name, '--publish', 'node2:22', '--publish', 'rapi', '--json']);
    const { changed, ports: all } = JSON.parse(more.stdout) as { changed: boolean; ports: readonly Port[] };
    expect(changed).toBe(true);
    expect(all.map(({ target }) => target).toSorted()).toEqual([
      'node1.example.com:1811',
      'node2.example.com:22',
      'rapi',
    ]);
    const { stdout } = await run('info');
    expect(stdout).toContain(`127.0.0.1:${ssh} -> node2.example.com:22`);
  });

  it('are reached only on 127.0.0.1, by a container without any rights', async () => {
    const relay = await engine.inspectContainer(`vcluster-box-${name}-port-${ssh}`);
    expect(relay?.ports).toMatchObject([{ hostAddress: '127.0.0.1', hostPort: ssh }]);
    const raw = await engine.inspectRaw(`vcluster-box-${name}-port-${ssh}`);
    const { HostConfig } = raw as { readonly HostConfig: { readonly CapAdd: readonly string[] | null } };
    expect({ ...HostConfig, CapAdd: HostConfig.CapAdd ?? [] }).toMatchObject({
      CapAdd: [],
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Privileged: false,
      Memory: 128 * 2 ** 20,
      PidsLimit: 220,
    });
    const { stdout } = await run('exec', 'node1', 'ps', '-o', 'user=', '-C', 'python3', '-o', 'args=');
    expect(stdout).toMatch(/^nobody +.*vcluster_slice\.ports\.connect_proxy/m);
  });

  it('are reached from elsewhere on 0.0.0.0, where RAPI asks everybody for the password over TLS', async ({ skip }) => {
    if (engineSocket(engine) === undefined) skip('the engine is on another machine');
    const outside = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
    const added = ports((await succeed(['-c', name, 'port', 'add', '0.0.0.0:node1:22', '--json'])).stdout)[0];
    expect(added).toMatchObject({ address: '0.0.0.0', target: 'node1.example.com:22' });
    expect(await firstLine(added?.port ?? 0, outside)).toMatch(/^SSH-2\.0-OpenSSH/);
    expect(await firstLine(ssh, outside)).toBe('');
    await succeed(['-c', name, 'port', 'rm', `${added?.port}`]);

    const { rapi } = JSON.parse((await run('info', '--json')).stdout) as { readonly rapi: { readonly url: string } };
    const url = `https://${outside}:${new URL(rapi.url).port}/2/info`;
    const password = (await run('info', '--password')).stdout;
    expect(await askRapi(url, password)).toMatchObject({ status: 200 });
    expect(await askRapi(url, `${password}x`)).toMatchObject({ status: 401 });
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow('fetch failed');
  });

  it('are refused if a program of this machine uses them, with its address, and nothing is left behind', async ({
    skip,
  }) => {
    if (engineSocket(engine) === undefined) skip('the engine is on another machine');
    const before = await leftOf(engine, name);
    await whileBusy(async (port) => {
      const { exitCode, stdout, stderr } = await run('port', 'add', 'node1:22', `${port}:node1:22`);
      expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
      expect(stderr).toContain(`error: 127.0.0.1:${port} is in use on the engine's host\n`);
    });
    expect(await leftOf(engine, name)).toEqual(before);
  });

  it('make up fail at once if one is in use, and leave nothing of that cluster', async ({ skip }) => {
    if (engineSocket(engine) === undefined) skip('the engine is on another machine');
    const other = testCluster('publish2');
    await whileBusy(async (port) => {
      const wanted = ['--publish', 'node1:22', '--publish', `${port}:node1:1811`];
      const { exitCode, stderr } = await vcluster(['up', other, '-n', '1', ...wanted]);
      expect(exitCode).toBe(125);
      expect(stderr).toContain(`error: 127.0.0.1:${port} is in use on the engine's host\n`);
    });
    expect(await leftOf(engine, other)).toEqual(nothingLeft);
  });

  it('are closed to clients while the slice is stopped, and reopen when it is back', async () => {
    await engine.stopContainer(slice, 30);
    expect(await firstLine(ssh)).toBe('');
    await succeed(['up', name]);
    expect(await firstLine(ssh)).toMatch(/^SSH-2\.0-OpenSSH/);
    expect(await certificateName(noded)).toBe('ganeti.example.com');
  });

  it('close connections when the slice ends, and not before', async () => {
    const socket = connectTcp(ssh, '127.0.0.1');
    await once(socket, 'data');
    // The server answers only with the client's version, over the same connection.
    const answer = once(socket, 'data');
    socket.write('SSH-2.0-test\r\n');
    await answer;
    expect(socket.closed).toBe(false);
    const closed = once(socket, 'close');
    await engine.stopContainer(slice, 30);
    await closed;
    await succeed(['up', name]);
  });

  step('lead to RAPI on the current master, both the port of up and a relay', async () => {
    const password = (await run('info', '--password')).stdout;
    const published = ports((await run('port', 'ls', '--json')).stdout).filter(({ target }) => target === 'rapi');
    expect(published).toHaveLength(2);
    const masters = () =>
      Promise.all(
        published.map(async ({ port }) => {
          const { body } = await askRapi(`https://127.0.0.1:${port}/2/info`, password);
          return (JSON.parse(body) as { readonly master: string }).master;
        }),
      );
    expect(await masters()).toEqual(['node1.example.com', 'node1.example.com']);
    expect(await run('exec', 'node2', 'gnt-cluster', 'master-failover')).toExitWith(0);
    await vi.waitFor(
      async () => {
        expect(await masters()).toEqual(['node2.example.com', 'node2.example.com']);
      },
      { timeout: 30_000, interval: 500 },
    );
  });

  it('are unpublished one by one, and all with the cluster', async () => {
    await succeed(['-c', name, 'port', 'rm', 'node2:22']);
    expect(await engine.inspectContainer(`vcluster-box-${name}-port-${ssh}`)).toBeUndefined();
    expect(await firstLine(ssh)).toBe('');
    await succeed(['down', name]);
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
  });
});

import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';
import { engineSocket, proxyTo } from '../support/e2e-proxy.ts';
import { startCli } from '../support/e2e-start.ts';

const name = testCluster('cut');
const socket = dockerAvailable ? engineSocket(await testEngine()) : undefined;

describe.skipIf(socket === undefined)('the connection to an engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await testEngine();
    await vcluster(['image', 'build'], { timeout: 600_000 });
  }, 600_000);
  afterEach(() => vcluster(['down', name]));

  it('can be a unix socket', async () => {
    await using proxy = await proxyTo(socket ?? '');
    expect(await vcluster(['ls'], { env: { DOCKER_HOST: proxy.endpoint } })).toExitWith(0);
  });

  it('can be a TCP port', async () => {
    await using proxy = await proxyTo(socket ?? '', { tcp: true });
    const ran = await vcluster(['doctor', '--json'], { env: { DOCKER_HOST: proxy.endpoint } });
    expect(ran).toExitWith(0);
    const { stdout } = ran;
    expect(stdout).toContain(`at ${proxy.endpoint} (`);
  });

  it('can come from the current docker context', async () => {
    await using proxy = await proxyTo(socket ?? '');
    const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-e2e-context-'));
    const meta = join(folder, 'contexts', 'meta', createHash('sha256').update('lab').digest('hex'));
    await mkdir(meta, { recursive: true });
    await writeFile(join(meta, 'meta.json'), JSON.stringify({ Endpoints: { docker: { Host: proxy.endpoint } } }));
    await writeFile(join(folder, 'config.json'), JSON.stringify({ currentContext: 'lab' }));
    const { exitCode, stdout } = await vcluster(['doctor'], { env: { DOCKER_HOST: '', DOCKER_CONFIG: folder } });
    await rm(folder, { recursive: true });
    expect({ exitCode, text: stdout }).toExitWith(0);
    expect(stdout).toContain(`at ${proxy.endpoint} (`);
  });

  it('can break while a cluster boots: then down removes what is left', async () => {
    await using proxy = await proxyTo(socket ?? '');
    const { program, until } = startCli(['up', name, '-n', '20'], { env: { DOCKER_HOST: proxy.endpoint } });
    await until(' ... Initialising the cluster');
    proxy.cut();
    const { exitCode, stdout, stderr } = await program;
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain(`the connection to the Docker engine at ${proxy.endpoint} failed`);
    expect(stderr).toContain(`hint: when the engine answers again: vcluster-box down ${name}`);
    expect((await leftOf(engine, name)).containers).toHaveLength(1);

    expect(await vcluster(['down', name])).toExitWith(0);
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
  });

  it('can break before the container is started: then the next up with the same options recreates it', async () => {
    await using proxy = await proxyTo(socket ?? '', { cutAt: /^POST .*\/containers\/\w+\/start/ });
    const { exitCode, stderr } = await vcluster(['up', name, '-n', '2'], { env: { DOCKER_HOST: proxy.endpoint } });
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/^error: cannot start container \w+: the connection to the Docker engine at .* failed$/m);
    expect(await engine.inspectContainer(`vcluster-box-${name}-1`)).toMatchObject({ state: 'created' });

    const other = await vcluster(['up', name]);
    expect(other.exitCode).toBe(125);
    expect(other.stderr).toContain(`error: cluster ${name} is only partly created, with other options: nodes\n`);
    const again = await vcluster(['up', name, '-n', '2']);
    expect(again).toExitWith(0);
    expect(again.stdout).toContain(`Cluster ${name} is running, with 2 nodes.`);
  });

  it('can break before the container has its plan: then the next up with the same options recreates it', async () => {
    await using proxy = await proxyTo(socket ?? '', { cutAt: /^POST .*\/networks\/create/ });
    const { exitCode } = await vcluster(['up', name, '-n', '2'], { env: { DOCKER_HOST: proxy.endpoint } });
    expect(exitCode).toBe(125);
    expect(await leftOf(engine, name)).toEqual({ containers: [`vcluster-box-${name}-1`], networks: [] });

    const again = await vcluster(['up', name, '-n', '2']);
    expect(again).toExitWith(0);
    expect(again.stdout).toContain(`Cluster ${name} is running, with 2 nodes.`);
  });
});

/** `/etc/passwd` has no such user. */
const nobodyAtAll = { uid: 64_321, gid: 64_321 };

describe.skipIf(socket === undefined || getuid?.() !== 0)('a user without an account, without HOME', () => {
  it('can create a cluster, use it and remove it, through a socket that they can use', async () => {
    const engine = await testEngine();
    await using proxy = await proxyTo(socket ?? '');
    await chmod(proxy.endpoint.slice('unix://'.length), 0o777);
    const through = ['env', '-u', 'HOME', '-u', 'XDG_STATE_HOME', '-u', 'XDG_CONFIG_HOME', '-u', 'DOCKER_CONFIG'];
    const env = { DOCKER_HOST: proxy.endpoint };
    const run = (...args: string[]) => vcluster(args, { through, env, user: nobodyAtAll, cwd: '/', timeout: 300_000 });
    const up = await run('up', name, '-n', '1');
    expect(up).toExitWith(0);
    expect(up.stderr).not.toMatch(/warning|error/);
    expect(await run('-c', name, 'exec', 'node1', 'hostname')).toMatchObject({
      exitCode: 0,
      stdout: 'node1.example.com',
      stderr: '',
    });
    expect(await run('down', name)).toExitWith(0);
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
  });
});

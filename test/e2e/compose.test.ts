import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { composeOverride, composePrograms } from '../support/e2e-compose.ts';
import { docker } from '../support/e2e-docker.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';
import { askRapi } from '../support/e2e-rapi.ts';
import { freePort } from '../support/free-port.ts';

const name = testCluster('compose');
const container = `vcluster-box-${name}-1`;
const image = `vcluster-box-test:${name}`;
const base = `vcluster-box-test:${name}-base`;
const project = join(import.meta.dirname, '..', '..');

const programs = await composePrograms();
const none = !dockerAvailable || programs.length === 0;

describe.skipIf(none).each(none ? ['compose'] : programs)('compose.yaml with %s', (program) => {
  let engine: Engine;
  let folder: string;
  let port: number;

  const compose = (...args: string[]) => {
    const [command, ...words] = program.split(' ');
    const files = ['-f', join(project, 'compose.yaml'), '-f', join(folder, 'override.yaml'), '-p', name];
    const env = { VCLUSTER_BOX_BASE: base, VCLUSTER_BOX_RAPI_PORT: `${port}`, DOCKER_BUILDKIT: '0' };
    return execa(command ?? '', [...words, ...files, ...args], { env, timeout: 300_000 });
  };
  const untilHealthy = () =>
    vi.waitFor(
      async () => {
        expect((await engine.inspectContainer(container))?.health).toBe('healthy');
      },
      { timeout: 90_000, interval: 200 },
    );
  const log = async () => {
    const lines: string[] = [];
    for await (const { text } of engine.followLogs(container, { follow: false })) lines.push(text);
    return lines.join('\n');
  };

  beforeAll(async () => {
    engine = await testEngine();
    folder = await mkdtemp(join(tmpdir(), 'vcluster-box-e2e-compose-'));
    port = await freePort();
    await writeFile(join(folder, 'override.yaml'), composeOverride(name, image));
    // Finds or builds a base image, which can have a different name from Debian's.
    expect(await vcluster(['image', 'build'], { timeout: 600_000 })).toExitWith(0);
    const official = await engine.inspectImage('debian:bookworm-slim');
    const found = (await docker()).getImage(official?.id ?? 'vcluster-box-base:bookworm');
    await found.tag({ repo: 'vcluster-box-test', tag: `${name}-base` });
    await compose('up', '-d', '--build');
    await untilHealthy();
  }, 900_000);

  afterAll(async () => {
    await compose('down');
    for (const tag of [image, base]) await engine.removeImage(tag);
    await rm(folder, { recursive: true });
  });

  it('becomes healthy, with three nodes', async () => {
    const { exitCode, stdout } = await vcluster(['-c', name, 'exec', 'node2', 'gnt-node', 'list', '--no-headers']);
    expect({ exitCode, nodes: stdout.split('\n').map((line) => line.split(' ')[0]) }).toEqual({
      exitCode: 0,
      nodes: ['node1.example.com', 'node2.example.com', 'node3.example.com'],
    });
  });

  it('is listed by ls and info, and matches what up would create', async () => {
    const { stdout } = await vcluster(['ls', '--json']);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ name, nodes: 3 }));
    const info = await vcluster(['info', name, '--json']);
    expect(JSON.parse(info.stdout)).toMatchObject({ name, nodes: 3, rapi: { url: `https://127.0.0.1:${port}` } });
    const up = await vcluster(['up', name, '-n', '3']);
    expect({ exitCode: up.exitCode, stderr: up.stderr }).toExitWith(0);
  });

  it('logs how to read the password, but not the password itself', async () => {
    const { stdout: password } = await vcluster(['info', name, '--password']);
    expect(password).toMatch(/^\S{20,}$/);
    expect(await log()).toContain('docker exec CONTAINER cat /var/lib/vcluster-box/rapi-password');
    expect(await log()).not.toContain(password);
  });

  it('accepts a password from a secret', async () => {
    const secret = 'given-by-the-user-0815';
    await writeFile(join(folder, 'rapi-password'), `${secret}\n`);
    const environment = { VCLUSTER_BOX_RAPI_PASSWORD_FILE: '/run/secrets/rapi-password', VCLUSTER_BOX_NODES: '1' };
    const given = composeOverride(name, image, { environment, secrets: ['rapi-password'] });
    await writeFile(join(folder, 'override.yaml'), given.replace('./rapi-password', join(folder, 'rapi-password')));
    await compose('up', '-d');
    await untilHealthy();
    const { status, body } = await askRapi(`https://127.0.0.1:${port}/2/nodes`, secret);
    expect({ status, nodes: JSON.parse(body) as unknown }).toMatchObject({
      status: 200,
      nodes: [{ id: 'node1.example.com' }],
    });
    expect(await log()).toContain('is ready');
    expect(await log()).not.toContain(secret);
  });

  it('is removed by vcluster-box, and compose does not complain', async () => {
    expect(await vcluster(['down', name])).toExitWith(0);
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
    await compose('up', '-d');
    await compose('down');
    expect(await leftOf(engine, name)).toEqual(nothingLeft);
  });
});

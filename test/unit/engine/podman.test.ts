import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connect } from '../../../src/engine/connection.ts';
import { toEngine } from '../../../src/engine/docker-engine.ts';
import { NameTakenError } from '../../../src/errors.ts';

/** An engine that gives the same answer to each request; to its requests by URL. */
async function engineThat(status: number, answer: unknown) {
  const folder = await mkdtemp(join(tmpdir(), 'vcluster-box-podman-'));
  const socketPath = join(folder, 'podman.sock');
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    requests.push(new URL(request.url ?? '', 'http://podman'));
    request.resume();
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  });
  await once(server.listen(socketPath), 'listening');
  return {
    engine: toEngine(await connect(`unix://${socketPath}`, { socketPath })),
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

const image = { Id: 'sha256:1', RepoDigests: [], Size: 1, Created: 1 };

it('tags have no registry if Podman has added it', async () => {
  const RepoTags = ['localhost/vcluster-box-base:bookworm', 'docker.io/library/vcluster-box:3.0-0', 'quay.io/lab/a:1'];
  await using podman = await engineThat(200, [{ ...image, RepoTags, Labels: { kind: 'slice' } }]);
  const [found] = await podman.engine.findImages({ kind: '' });
  expect(found?.tags).toEqual(['vcluster-box-base:bookworm', 'vcluster-box:3.0-0', 'quay.io/lab/a:1']);
});

it('rootless Podman has no limits on cgroup 1, although it reports them', async () => {
  const names = {
    SystemTime: '2026-11-27T20:35:39Z',
    OperatingSystem: 'debian',
    KernelVersion: '6',
    Architecture: 'amd64',
  };
  const machine = { ...names, NCPU: 2, MemTotal: 1, Driver: 'overlay', DockerRootDir: '/', CgroupVersion: '1' };
  const version = { Version: '4.3.1', ApiVersion: '1.41', Components: [{ Name: 'Podman Engine' }] };
  await using podman = await engineThat(200, { ...machine, ...version, Rootless: true, MemoryLimit: true });
  expect(await podman.engine.describe()).toMatchObject({
    ...{ name: 'Podman', version: '4.3.1', rootless: true },
    unlimited: ['memory', 'processes', 'CPU'],
  });
});

it('images are found by several labels, of which Podman gets only one', async () => {
  const labelled = [{ kind: 'slice', ganeti: '3.0' }, { kind: 'slice', ganeti: '3.1' }, { kind: 'slice' }];
  await using podman = await engineThat(
    200,
    labelled.map((Labels) => ({ ...image, RepoTags: [], Labels })),
  );
  expect(await podman.engine.findImages({ kind: 'slice', ganeti: '3.1' })).toMatchObject([{ labels: labelled[1] }]);
  expect(await podman.engine.findImages({ kind: '', ganeti: '' })).toHaveLength(2);
  expect(podman.requests[0]?.searchParams.get('filters')).toBe('{"label":["kind=slice"]}');
});

it.each([
  ['network name vcluster-box-lab already used: network already exists', 'createNetwork'],
  [
    'container create: creating container storage: the container name "vcluster-box-lab-1" is already in use by 5f0. ' +
      'You have to remove that container to be able to reuse that name.: that name is already in use',
    'createContainer',
  ],
] as const)('a name in use is recognised, although Podman 4 answers 500: %s', async (message, method) => {
  await using podman = await engineThat(500, { message });
  const settings = { name: 'vcluster-box-lab', labels: {}, env: {}, capDrop: [], capAdd: [], securityOpt: [] };
  const lists = { ulimits: [], ports: [], dns: [], dnsOptions: [], image: '', hostname: '', network: 'none' };
  const numbers = { memory: 0, nanoCpus: 0, pidsLimit: 0, stopGraceSeconds: 0, restartPolicy: 'no' as const };
  const created =
    method === 'createNetwork'
      ? podman.engine.createNetwork(settings)
      : podman.engine.createContainer('vcluster-box-lab-1', { ...settings, ...lists, ...numbers, sysctls: {} });
  await expect(created).rejects.toThrow(NameTakenError);
});

it('a container is on the network that it is connected to, whatever its mode; without health checks it has no health', async () => {
  const dates = { Created: '2026-11-27T20:58:56.868854082Z' };
  await using podman = await engineThat(200, {
    ...{ Id: '1', Name: '/vcluster-box-lab-1', ...dates },
    Config: { Image: 'docker.io/library/vcluster-box:3.0-0', Labels: {} },
    State: {
      Status: 'running',
      ExitCode: 0,
      StartedAt: dates.Created,
      FinishedAt: '0001-01-01T00:00:00Z',
      Health: { Status: '' },
    },
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: { Networks: { 'vcluster-box-lab': { IPAddress: '10.89.0.2' } } },
  });
  expect(await podman.engine.inspectContainer('vcluster-box-lab-1')).toMatchObject({
    image: 'vcluster-box:3.0-0',
    network: 'vcluster-box-lab',
    addresses: { 'vcluster-box-lab': '10.89.0.2' },
    health: 'none',
  });
});

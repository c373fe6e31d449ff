import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureImage } from '../../src/image/ensure-image.ts';
import { dockerAvailable, nothingSkipped, testEngine } from '../support/docker-available.ts';
import type { Host } from '../support/hosts/host.ts';
import { type Hosts, startHosts, whyNoHosts } from '../support/hosts/hosts.ts';
import { makeSwarm } from '../support/hosts/swarm.ts';
import { testImage } from '../support/test-image.ts';

const missing = dockerAvailable ? whyNoHosts() : 'no engine';
const skipped = missing !== undefined && !(dockerAvailable && nothingSkipped);

/** The features that tests with several hosts need. */
describe.skipIf(skipped)(`simulated hosts${missing ? ` (${missing})` : ''}`, () => {
  let hosts: Hosts;
  let [alpha, beta]: readonly Host[] = [];
  let image: string;
  beforeAll(async () => {
    const engine = await testEngine();
    const context = { report: () => undefined, signal: new AbortController().signal };
    const { tag: sshd } = await ensureImage([{ endpoint: 'default', engine }], { ganeti: '3.0' }, context);
    image = await testImage(engine);
    hosts = await startHosts(2, { engine, image, sshd, bare: 1, tls: true });
    [alpha, beta] = hosts.all;
  }, 600_000);
  afterAll(async () => {
    await (hosts as Hosts | undefined)?.[Symbol.asyncDispose]();
  });

  /** Runs a command on the client. */
  const client = async (argv: readonly string[]) => {
    const [program = '', ...words] = [...hosts.client.through, ...argv];
    const { exitCode, stdout } = await execa(program, words, { env: hosts.client.env, reject: false });
    return { exitCode, stdout };
  };
  const ask = (socket: string, path: string) =>
    client(['curl', '--silent', '--fail', '--unix-socket', socket, `http://engine${path}`]);
  /** Whether the host answers at all; the port of sshd stands for all protocols. */
  const reaches = async (host: Host | undefined) =>
    (await client(['timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${host?.address ?? ''}/22`])).exitCode === 0;

  it('have their own host names and engines', async () => {
    const infos = await Promise.all(hosts.all.map(({ docker }) => docker.info() as Promise<Record<string, string>>));
    expect(infos.map(({ Name }) => Name)).toEqual(['alpha', 'beta']);
    expect(new Set(infos.map(({ ID }) => ID)).size).toBe(2);
  });

  it('have the image, unless `bare`', async () => {
    expect(await alpha?.docker.getImage(image).inspect()).toMatchObject({ RepoTags: [image] });
    expect(await beta?.docker.listImages()).toEqual([]);
  });

  it('are reachable at their sockets, by ssh, and over TLS', async () => {
    expect(await ask(alpha?.unix.slice('unix://'.length) ?? '', '/_ping')).toEqual({ exitCode: 0, stdout: 'OK' });
    expect(await client(['ssh', 'beta', 'true'])).toExitWith(0);
    const files = ['--cacert', 'ca.pem', '--cert', 'cert.pem', '--key', 'key.pem'];
    const paths = files.map((word) => (word.startsWith('--') ? word : join(hosts.tls ?? '', word)));
    const url = beta?.tcp.replace('tcp', 'https') ?? '';
    expect(await client(['curl', '--silent', ...paths, `${url}/_ping`])).toEqual({ exitCode: 0, stdout: 'OK' });
    expect(await client(['curl', '--silent', '--insecure', `${url}/_ping`])).not.toExitWith(0);
  });

  it('can be disconnected from all others and reconnected', async () => {
    await beta?.cutOff();
    expect(await reaches(beta)).toBe(false);
    expect(await reaches(alpha)).toBe(true);
    await beta?.heal();
    expect(await reaches(beta)).toBe(true);
  });

  it('can form a swarm', async () => {
    await makeSwarm(hosts);
    await alpha?.docker.createNetwork({ Name: 'shared', Driver: 'overlay', Attachable: true });
    const run = {
      HostConfig: { NetworkMode: 'shared', AutoRemove: true },
      Entrypoint: ['sleep'],
      Cmd: ['60'],
      Image: image,
    };
    const container = await alpha?.docker.createContainer(run);
    await container?.start();
    await container?.remove({ force: true });
  });

  it('can be killed with all their processes, and restarted', async () => {
    const container = await alpha?.docker.createContainer({
      Image: image,
      Entrypoint: ['sleep'],
      Cmd: ['600.5'],
      HostConfig: { RestartPolicy: { Name: 'unless-stopped' } },
    });
    await container?.start();
    await alpha?.kill();
    expect((await execa('pgrep', ['-f', '^sleep 600[.]5'], { reject: false })).stdout).toBe('');
    expect(await reaches(alpha)).toBe(false);
    await alpha?.start();
    expect(await client(['ssh', 'alpha', 'true'])).toExitWith(0);
    await expect.poll(async () => (await container?.inspect())?.State.Running, { timeout: 20_000 }).toBe(true);
  });
});

import { networkInterfaces } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { docker } from '../support/e2e-docker.ts';
import { askRapi } from '../support/e2e-rapi.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

interface Info {
  readonly rapi: { readonly url: string; readonly user: string; readonly password: string };
}

describe.skipIf(!dockerAvailable)('read-only commands', () => {
  let cluster: SharedCluster;
  let info: Info;
  beforeAll(async () => {
    cluster = await sharedCluster();
    info = JSON.parse((await vcluster(['info', cluster.name, '--json'])).stdout) as Info;
  }, 300_000);

  it('ls prints a line for each cluster', async () => {
    const { stdout, stderr } = await vcluster(['ls']);
    const [heading = '', ...lines] = stdout.split('\n');
    expect(heading).toMatch(/^NAME +STATUS +NODES +GANETI +RAPI +AGE$/);
    const [name, state, nodes, ganeti, rapi] =
      lines.find((line) => line.startsWith(`${cluster.name} `))?.split(/ +/) ?? [];
    expect([name, state, nodes, ganeti, rapi]).toEqual([cluster.name, 'running', '3', '3.0', info.rapi.url]);
    expect(stderr).toBe('');
  });

  it('ls --json prints the same as JSON', async () => {
    const list = JSON.parse((await vcluster(['ls', '--json'])).stdout) as { readonly name: string }[];
    expect(list.find(({ name }) => name === cluster.name)).toEqual({
      name: cluster.name,
      state: 'running',
      nodes: 3,
      ganeti: '3.0',
      ganetiSource: null,
      rapi: info.rapi.url,
      createdAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT/) as unknown,
      hosts: [
        {
          ...{ host: 'default', slice: 1, state: 'running', nodes: 3, rapi: info.rapi.url, problem: null },
          container: `vcluster-box-${cluster.name}-1`,
        },
      ],
    });
  });

  it('status prints a line for each node', async () => {
    const { stdout, stderr, exitCode } = await vcluster(['status', cluster.name]);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const [title, heading, ...lines] = stdout.split('\n');
    expect(title).toMatch(
      new RegExp(`^${cluster.name} is running: cluster.example.com 198.18.0.1, Ganeti 3\\.0\\.\\d+$`),
    );
    expect(heading).toMatch(/^NODE +ROLE +ADDRESS +DAEMONS$/);
    expect(lines.map((line) => line.split(/ +/))).toEqual([
      ['node1.example.com', 'master', '198.18.1.1', '6/6'],
      ['node2.example.com', 'candidate', '198.18.1.2', '3/3'],
      ['node3.example.com', 'candidate', '198.18.1.3', '3/3'],
    ]);
  });

  it('status --json prints the same as JSON', async () => {
    const { stdout } = await vcluster(['status', '-c', cluster.name, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      name: cluster.name,
      state: 'running',
      well: true,
      rapi: true,
      cluster: { name: 'cluster.example.com', address: '198.18.0.1', master: 'node1.example.com' },
      nodes: [{ role: 'master', answers: true }, { role: 'candidate' }, { role: 'candidate' }],
    });
  });

  it('info shows how to reach RAPI', async () => {
    const { stdout } = await vcluster(['info', cluster.name]);
    expect(stdout).toMatch(new RegExp(`^RAPI: +${info.rapi.url}$`, 'm'));
    expect(stdout).toMatch(/^User: +rapi$/m);
    expect(stdout).toMatch(new RegExp(`^Password: +${info.rapi.password}$`, 'm'));
  });

  it('info --password prints only the password', async () => {
    const { stdout, stderr } = await vcluster(['info', cluster.name, '--password']);
    expect({ stdout, stderr }).toEqual({ stdout: info.rapi.password, stderr: '' });
  });

  it('RAPI answers a client with the password', async () => {
    const { status, body } = await askRapi(`${info.rapi.url}/2/info`, info.rapi.password);
    expect({ status, body: JSON.parse(body) as unknown }).toMatchObject({
      status: 200,
      body: { name: 'cluster.example.com', master: 'node1.example.com' },
    });
  });

  it('RAPI refuses a client without the password', async () => {
    expect((await askRapi(`${info.rapi.url}/2/info`, `${info.rapi.password}x`)).status).toBe(401);
  });

  it('RAPI is published only on 127.0.0.1', async () => {
    const port = new URL(info.rapi.url).port;
    const { NetworkSettings } = await (await docker()).getContainer(cluster.container).inspect();
    expect(NetworkSettings.Ports).toEqual({ '5080/tcp': [{ HostIp: '127.0.0.1', HostPort: port }] });
  });

  it('RAPI cannot be reached on other addresses of this machine', async (context) => {
    const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const address = others.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
    const local = (await testEngine()).endpoint.startsWith('unix:');
    context.skip(address === undefined || !local, 'the engine is elsewhere, or nothing else is here');
    const url = new URL('/2/info', info.rapi.url);
    url.hostname = address ?? '';
    await expect(askRapi(url.href, info.rapi.password)).rejects.toThrow('ECONNREFUSED');
  });
});

import { readFileSync } from 'node:fs';
import { env } from 'node:process';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const engine = () => fakeEngine({ containers: [fakeCluster('demo', 1)] });
const certificate = readFileSync(new URL('../../fixtures/rapi-certificate.pem', import.meta.url), 'utf8');
const rapiPem = '/srv/vcluster/node1.example.com/var/lib/ganeti/rapi.pem';

/** A cluster whose slice has created its certificate. */
const finished = () => {
  const { files, ...cluster } = fakeCluster('demo', 1);
  const withKey = Buffer.from(`-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n${certificate}`);
  return fakeEngine({ containers: [{ ...cluster, files: new Map(files).set(rapiPem, withKey) }] });
};

describe('info', () => {
  it('shows how to reach the cluster and its parts', async () => {
    const { status, stdout } = await runCli(['info'], { engine: engine() });
    expect(status).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'Cluster:    demo (running, 1 node)',
      'Ganeti:     3.0',
      'RAPI:       https://127.0.0.1:5080',
      'User:       rapi',
      'Password:   secret-of-this-cluster',
      'Try:        curl -k -u "rapi:$(vcluster-box info demo --password)" https://127.0.0.1:5080/2/info',
      'Name:       cluster.example.com (198.18.0.1 in 198.18.0.0/16)',
      'Nodes:      64g of memory, 16 CPUs, 1t of disk in total, simulated',
      'Container:  vcluster-box-demo-1',
      'Image:      vcluster-box:3.0-test',
      'Version:    vcluster-box 0.1.0',
      '',
    ]);
  });

  it('--password prints only the password', async () => {
    const args = ['info', 'demo', '--password'];
    expect(await runCli(args, { engine: engine() })).toMatchObject({ stdout: 'secret-of-this-cluster\n', stderr: '' });
  });

  it('--env prints variables for a shell, including published ports', async () => {
    const files = new Map(fakeCluster('demo', 1).files).set(slicePaths.rapiPassword, Buffer.from(`it's "$HOME"\n`));
    const engineWithPort = fakeEngine({ containers: [fakeCluster('demo', 1, { files })] });
    await runCli(['port', 'add', 'node1:22', '[::1]:6080:rapi'], { engine: engineWithPort });
    const { status, stdout } = await runCli(['info', '--env'], { engine: engineWithPort });
    expect(status).toBe(0);
    const shown = await execa('sh', ['-c', 'eval "$1"; env', 'sh', stdout], {
      extendEnv: false,
      env: { PATH: env['PATH'] ?? '' },
    });
    const variables = shown.stdout.split('\n').filter((line) => /^(GANETI|VCLUSTER)/.test(line));
    expect(variables.toSorted()).toEqual([
      'GANETI_RAPI_HOST=127.0.0.1',
      `GANETI_RAPI_PASSWORD=it's "$HOME"`,
      'GANETI_RAPI_PORT=5080',
      'GANETI_RAPI_URL=https://127.0.0.1:5080',
      'GANETI_RAPI_USER=rapi',
      'VCLUSTER_BOX_CLUSTER=demo',
      'VCLUSTER_BOX_CLUSTER_NAME=cluster.example.com',
      'VCLUSTER_BOX_CONTAINER=vcluster-box-demo-1',
      'VCLUSTER_BOX_PORT_NODE1_22=127.0.0.1:20000',
      'VCLUSTER_BOX_PORT_RAPI=[::1]:6080',
    ]);
  });

  it('--certificate prints the certificate of RAPI without its key', async () => {
    const result = await runCli(['info', '--certificate'], { engine: finished() });
    expect(result).toMatchObject({ status: 0, stdout: certificate, stderr: '' });
  });

  it('--certificate is the one of the master, because a node that was offline can have an old one', async () => {
    const { files, ...cluster } = fakeCluster('demo', 2);
    const latest = { at: 1, name: 'cluster.example.com', address: '198.18.0.1', master: 'node2.example.com' };
    const nodes = ['node1.example.com', 'node2.example.com'];
    const all = new Map(files)
      .set(`${slicePaths.latest}/latest.json`, Buffer.from(JSON.stringify({ ...latest, nodes })))
      .set(rapiPem, Buffer.from(certificate.replace(/\nMII/, '\nOLD')))
      .set(rapiPem.replace('node1', 'node2'), Buffer.from(certificate));
    const { stdout } = await runCli(['info', '--certificate'], {
      engine: fakeEngine({ containers: [{ ...cluster, files: all }] }),
    });
    expect(stdout).toBe(certificate);
  });

  it('--env and --json include the certificate', async () => {
    const { stdout } = await runCli(['info', '--env'], { engine: finished() });
    const script = 'eval "$1"; printf "%s\\n" "$GANETI_RAPI_CERTIFICATE"';
    expect((await execa('sh', ['-c', script, 'sh', stdout])).stdout).toBe(certificate.trimEnd());
    const json = await runCli(['info', '--json'], { engine: finished() });
    expect(JSON.parse(json.stdout)).toMatchObject({ rapi: { certificate } });
  });

  it('accepts only one output format', async () => {
    expect(await runCli(['info', '--env', '--json'], { engine: engine() })).toMatchObject({ status: 2, stdout: '' });
  });

  it('--certificate fails before the slice has created one', async () => {
    expect(await runCli(['info', '--certificate'], { engine: engine() })).toMatchObject({
      status: 125,
      stdout: '',
      stderr: 'error: cluster demo has no RAPI certificate yet\nhint: complete the cluster: vcluster-box up demo\n',
    });
  });

  it('--password fails before the slice has created one', async () => {
    const { files, ...cluster } = fakeCluster('demo');
    const without = new Map([...files].filter(([path]) => path !== slicePaths.rapiPassword));
    const result = await runCli(['info', '--password'], {
      engine: fakeEngine({ containers: [{ ...cluster, files: without }] }),
    });
    expect(result).toMatchObject({
      status: 125,
      stdout: '',
      stderr: 'error: cluster demo has no RAPI password yet\nhint: complete the cluster: vcluster-box up demo\n',
    });
  });

  it('shows a URL that can be reached', async () => {
    const ports = (hostAddress: string) => [
      { containerPort: 5080, protocol: 'tcp' as const, hostAddress, hostPort: 99 },
    ];
    const urlOn = async (address: string) => {
      const containers = [fakeCluster('demo', 1, { ports: ports(address) })];
      const { stdout } = await runCli(['info', '--json'], { engine: fakeEngine({ containers }) });
      return (JSON.parse(stdout) as { readonly rapi: { readonly url: string } }).rapi.url;
    };
    expect(await urlOn('0.0.0.0')).toBe('https://127.0.0.1:99');
    expect(await urlOn('::1')).toBe('https://[::1]:99');
    expect(await urlOn('192.0.2.7')).toBe('https://192.0.2.7:99');
  });

  it('gives a hint for a cluster without a plan, or with one of another version', async () => {
    for (const files of [new Map(), new Map([[slicePaths.plan, Buffer.from('{"version":2,"nodes":[]}')]])]) {
      const containers = [fakeCluster('demo', 1, { files: files as Map<string, Buffer> })];
      const { status, stderr } = await runCli(['info'], { engine: fakeEngine({ containers }) });
      expect(status).toBe(125);
      expect(stderr).toContain('remove it: vcluster-box down demo');
    }
  });
});

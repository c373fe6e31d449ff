import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

let here: string;
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
});
afterEach(() => rm(here, { recursive: true }));

const key = 'MIIEvgIBADANBgkqhkiG9w0BAQEFAASC';
const secrets = [
  'secret-of-this-cluster',
  key,
  'hmac0123456789abcdef',
  'domain0123456789abcdef',
  '0123abcd0123abcd',
  'AA:BB:CC',
  'p4ssw0rd',
];

function demo(state: 'running' | 'exited', files: readonly (readonly [string, string])[] = full) {
  const cluster = fakeCluster('demo', 1, {
    state,
    logs: [{ stream: 'stdout', text: 'secret-of-this-cluster was said' }],
  });
  for (const [path, content] of files)
    cluster.files.set(`/srv/vcluster/node1.example.com/var/${path}`, Buffer.from(content));
  return fakeEngine({ containers: [cluster] });
}

const config = {
  cluster: {
    rsahostkeypub: key,
    candidate_certs: { a: Array(20).fill('AA:BB:CC').join(':') },
    osparams_private_cluster: { os: { root: 'p4ssw0rd' } },
    hvparams: { kvm: { vnc_password_file: '', keymap: '' } },
    cluster_name: 'cluster.example.com',
  },
};

const full = [
  ['lib/ganeti/server.pem', `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`],
  ['lib/ganeti/hmac.key', 'hmac0123456789abcdef\n'],
  ['lib/ganeti/cluster-domain-secret', 'domain0123456789abcdef\n'],
  ['lib/ganeti/rapi/users', 'rapi {HA1}0123abcd0123abcd write\nother p4ssw0rd write\n'],
  ['lib/ganeti/config.data', JSON.stringify(config)],
  ['lib/ganeti/ssconf_master_node', 'node1.example.com\n'],
  ['lib/ganeti/ssconf_master_candidates_certs', 'x=AA:BB:CC\n'],
  ['log/ganeti/node-daemon.log', `said ${key} and hmac0123456789abcdef and {HA1}0123abcd0123abcd and p4ssw0rd\n`],
] as const;

const content = async () => {
  const names = (await readdir(join(here, 'out'), { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  return Promise.all(names.map((one) => readFile(join(one.parentPath, one.name), 'utf8')));
};

describe('logs export', () => {
  it('writes nothing outside its target, whatever the names of nodes in the slice', async () => {
    const engine = demo('running');
    const [container] = engine.state.containers;
    const plan = JSON.parse(container?.files.get(slicePaths.plan)?.toString() ?? '') as {
      nodes: { names: string[] }[];
    };
    const name = '../../../victim';
    plan.nodes = plan.nodes.map((node) => ({ ...node, names: [name] }));
    container?.files.set(slicePaths.plan, Buffer.from(JSON.stringify(plan)));
    container?.files.set('/victim/var/log/ganeti/a.log', Buffer.from('outside'));
    const { status, stderr } = await runCli(['logs', 'export', join(here, 'out')], { engine });
    expect({ status, stderr }).toEqual({
      status: 125,
      stderr: expect.stringContaining('leads out of the target') as string,
    });
    expect(await readdir(here)).toEqual([]);
  });

  it('finds secrets in all files, even with a broken configuration', async () => {
    const broken = full.map(([path, text]) => [path, path.endsWith('config.data') ? text.slice(0, 40) : text] as const);
    const order = broken.toSorted(([a], [b]) => Number(b.endsWith('config.data')) - Number(a.endsWith('config.data')));
    const engine = demo('exited', order);
    expect(await runCli(['logs', 'export', join(here, 'out')], { engine })).toMatchObject({ status: 0 });
    const all = (await content()).join('\n');
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
    expect(all).toContain('config.data.json');
  });

  it.each(['running', 'exited'] as const)('of a cluster in state %s contains no secrets', async (state) => {
    const { status, stdout } = await runCli(['logs', 'export', join(here, 'out')], { engine: demo(state) });
    expect([status, stdout]).toEqual([0, `${join(here, 'out')}\n`]);
    const all = (await content()).join('\n');
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
    expect(all).toContain('(secret) was said');
    expect(all).toContain('"cluster_name": "cluster.example.com"');
  });

  it('blanks secrets in the variables of the container, and in URLs wherever they are', async () => {
    const Env = [
      ...['RAPI_PASSWORD=p4ss', 'GITHUB_TOKEN=ghp_1', 'API_KEY=k3y', 'AWS_SECRET_ACCESS_KEY=aws1'],
      ...['HTTPS_PROXY=http://me:pr0xy@proxy.example.com:3128', 'VCLUSTER_BOX_NODES=3', 'KEYMAP=de', 'TAG=a=b'],
    ];
    const engine = demo('running');
    engine.state.containers[0]?.files.set(
      '/srv/vcluster/node1.example.com/var/log/ganeti/commands.log',
      Buffer.from('get https://you:l0gin@archive.example.com/x; ssh://ops@host1\n'),
    );
    const inspectRaw = () => Promise.resolve({ Id: '1', Config: { Image: 'slice', Env } });
    expect(await runCli(['logs', 'export', join(here, 'out')], { engine: { ...engine, inspectRaw } })).toMatchObject({
      status: 0,
    });
    expect(JSON.parse(await readFile(join(here, 'out/slice1/container.json'), 'utf8'))).toEqual({
      Id: '1',
      Config: {
        Image: 'slice',
        Env: [
          ...['RAPI_PASSWORD=(secret)', 'GITHUB_TOKEN=(secret)', 'API_KEY=(secret)', 'AWS_SECRET_ACCESS_KEY=(secret)'],
          ...['HTTPS_PROXY=http://(secret)@proxy.example.com:3128', 'VCLUSTER_BOX_NODES=3', 'KEYMAP=de', 'TAG=a=b'],
        ],
      },
    });
    expect((await content()).join('\n')).toContain('get https://(secret)@archive.example.com/x; ssh://ops@host1\n');
  });

  it('lists what is missing from a stopped cluster', async () => {
    const { stdout } = await runCli(['logs', 'export', '--json', join(here, 'x.tar.gz')], { engine: demo('exited') });
    expect(JSON.parse(stdout)).toMatchObject({
      missing: [{ what: 'slice1/hosts' }, { why: 'the container is not running (exited)' }],
    });
    expect(gunzipSync(await readFile(join(here, 'x.tar.gz'))).toString()).toContain('x/manifest.json');
  });

  it('of a partly created cluster contains what exists', async () => {
    const engine = demo('exited', []);
    engine.state.containers[0]?.files.delete(slicePaths.plan);
    const { status, stderr } = await runCli(['logs', 'export', join(here, 'out')], { engine });
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('not collected: slice1/plan.json: /var/lib/vcluster-box/plan.json does not exist'),
    ]);
    expect(await readdir(join(here, 'out'), { recursive: true })).toEqual([
      'manifest.json',
      'slice1',
      'slice1/container.json',
      'slice1/slice.log',
    ]);
  });

  it('rejects a target where it cannot write', async () => {
    await writeFile(join(here, 'file'), '');
    const path = join(here, 'file', 'e.tgz');
    const { status, stderr } = await runCli(['logs', 'export', path], { engine: demo('exited') });
    expect([status, stderr]).toEqual([125, `error: cannot write ${path}: not a directory\n`]);
  });

  it('rejects an existing target', async () => {
    const { status, stderr } = await runCli(['logs', 'export', tmpdir()], { engine: demo('exited') });
    expect([status, stderr]).toEqual([125, expect.stringContaining('already exists')]);
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { type Exported, readExportArchive, readExportDirectory } from '../support/e2e-export.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

const nodes = ['node1.example.com', 'node2.example.com', 'node3.example.com'];

/** All files with secrets in a slice: first Ganeti's, then those of the slice itself. */
const secretFiles = `cd /srv/vcluster && cat */var/lib/ganeti/*.pem */var/lib/ganeti/hmac.key \
  */var/lib/ganeti/cluster-domain-secret */var/lib/ganeti/rapi/users /etc/ssh/ssh_host_*_key /root/.ssh/id_ed25519`;

describe.skipIf(!dockerAvailable)('logs export', () => {
  let cluster: SharedCluster;
  let here: string;
  let directory: Exported;
  let archive: Exported;
  beforeAll(async () => {
    cluster = await sharedCluster();
    // Its first run on a node, every five minutes, creates a log, and must not come between the two exports.
    expect(await cluster.run(['watcher'])).toExitWith(0);
    here = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
    const toDirectory = await cluster.run(['logs', 'export', 'out'], { cwd: here });
    expect(toDirectory).toMatchObject({ exitCode: 0, stdout: join(here, 'out'), stderr: '' });
    const toFile = await cluster.run(['logs', 'export', join(here, 'report.tar.gz')]);
    expect(toFile).toMatchObject({ exitCode: 0, stdout: join(here, 'report.tar.gz'), stderr: '' });
    directory = await readExportDirectory(join(here, 'out'));
    archive = await readExportArchive(join(here, 'report.tar.gz'));
  }, 300_000);
  afterAll(() => rm(here, { recursive: true, force: true }));

  const json = (path: string) => JSON.parse(directory.get(path) ?? '') as unknown;
  const inSlice = (path: string) => directory.get(`slice1/${path}`);

  it('contains everything about a running cluster, listed in a manifest', () => {
    expect(json('manifest.json')).toMatchObject({
      cluster: cluster.name,
      slices: [{ container: cluster.container, state: 'running', ganeti: '3.0' }],
      files: [...directory.keys()].filter((path) => path !== 'manifest.json').sort(),
      missing: [],
    });
    expect(json('slice1/plan.json')).toMatchObject({
      nodes: nodes.map((name) => ({ names: [name, name.split('.')[0]] })),
    });
    expect(json('slice1/container.json')).toMatchObject({
      Name: `/${cluster.container}`,
      State: { Status: 'running' },
    });
    expect(json('slice1/status.json')).toBeTypeOf('object');
    expect(inSlice('hosts')).toMatch(/^198\.18\.1\.3\s+node3\.example\.com/m);
    expect(inSlice('slice.log')).toContain('"step": "init"');
    expect(inSlice('processes.txt')).toContain('ganeti-luxid');
    expect(inSlice('gnt-node-list.txt')).toContain('node3.example.com');
    for (const node of nodes) {
      expect(inSlice(`nodes/${node}/log/node-daemon.log`)).toContain('ganeti-noded');
      expect(inSlice(`nodes/${node}/ssconf/ssconf_master_node`)).toBe('node1.example.com\n');
    }
  });

  it('contains Ganeti’s configuration, formatted and without its secrets', () => {
    const config = inSlice('nodes/node1.example.com/config.data.json') ?? '';
    expect(config.split('\n').length).toBeGreaterThan(100);
    expect(JSON.parse(config)).toMatchObject({
      cluster: { cluster_name: 'cluster.example.com', rsahostkeypub: '(secret)', candidate_certs: '(secret)' },
    });
  });

  it('contains no secret of the cluster', async () => {
    const inside = await cluster.run(['exec', 'node1', 'sh', '-c', secretFiles]);
    expect(inside).toMatchObject({ exitCode: 0, stderr: '' });
    const { stdout: password } = await cluster.run(['info', '--password']);
    const words = inside.stdout.replaceAll(/-----.*-----/g, '').split(/[\s{}]+/);
    const secrets = [...new Set([password, ...words.filter((word) => word.length >= 20)])];
    // Make sure that there is something to search for: each key has many lines.
    expect(secrets.length).toBeGreaterThan(50);
    expect(password.length).toBeGreaterThan(8);
    expect(inside.stdout).toMatch(/PRIVATE KEY-----[\s\S]*\{HA1\}[0-9a-f]{32}[\s\S]*OPENSSH PRIVATE KEY-----/);
    for (const exported of [directory, archive]) {
      const all = [...exported.values()].join('\n');
      expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
      expect(all).not.toContain('-----BEGIN');
    }
  });

  it('contains the same in an archive', () => {
    expect([...archive.keys()].sort()).toEqual([...directory.keys()].sort());
    expect(archive.get('slice1/plan.json')).toBe(inSlice('plan.json'));
  });

  it('can be read only by its user', async () => {
    const mode = async (path: string) => (await stat(join(here, path))).mode & 0o777;
    expect(await mode('out')).toBe(0o700);
    expect(await mode('out/manifest.json')).toBe(0o600);
    expect(await mode('report.tar.gz')).toBe(0o600);
  });

  it('refuses an existing target and leaves it unchanged', async () => {
    await mkdir(join(here, 'there'));
    await writeFile(join(here, 'there/mine'), 'mine');
    await writeFile(join(here, 'mine.tar.gz'), 'mine');
    const before = await readdir(here, { recursive: true });
    for (const target of ['there', 'mine.tar.gz']) {
      const { exitCode, stdout, stderr } = await cluster.run(['logs', 'export', join(here, target)]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
      expect(stderr).toBe(`error: ${join(here, target)} already exists\nhint: choose another name, or remove it first`);
    }
    expect(await readdir(here, { recursive: true })).toEqual(before);
    expect(await readFile(join(here, 'mine.tar.gz'), 'utf8')).toBe('mine');
  });
});

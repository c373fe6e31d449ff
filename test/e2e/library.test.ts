import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import type * as Library from '../../src/index.ts';
import { toRapi } from '../../src/library/rapi.ts';
import { cliEnvironment, vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

/** The library as users import it. */
const library = (await import(
  pathToFileURL(join(inject('packed'), 'node_modules/vcluster-box/dist/index.js')).href
)) as typeof Library;

describe.skipIf(!dockerAvailable)('the library', () => {
  let shared: SharedCluster;
  let cluster: Library.Cluster;
  beforeAll(async () => {
    shared = await sharedCluster();
    cluster = await library.connect(shared.name);
  }, 300_000);

  it('finds a cluster that the command line created, and its nodes', () => {
    const { name, created, nodes } = cluster;
    expect({ name, created, nodes: nodes.map((node) => `${node.shortName} ${node.address} ${node.group}`) }).toEqual({
      name: shared.name,
      created: false,
      nodes: ['node1 198.18.1.1 default', 'node2 198.18.1.2 default', 'node3 198.18.1.3 default'],
    });
  });

  it('lists the cluster', async () => {
    expect(await library.list()).toContainEqual(expect.objectContaining({ name: shared.name, state: 'running' }));
  });

  it('runs commands on its nodes', async () => {
    const script = 'cat; echo "$A" >&2; pwd; echo "$GANETI_HOSTNAME"; exit 3';
    const options = { input: 'in ä\n', env: { A: 'out' }, cwd: '/tmp' };
    expect(await cluster.exec('node2', ['sh', '-c', script], options)).toEqual({
      status: 3,
      stdout: 'in ä\n/tmp\nnode2.example.com\n',
      stderr: 'out\n',
    });
    const { stdout } = await cluster.node('node3').exec(['gnt-node', 'list', '--no-headers', '-o', 'name']);
    expect(stdout.split('\n')).toContain('node3.example.com');
  });

  it('throws when a checked command fails', async () => {
    await expect(cluster.exec('node1', ['ls', '/nowhere'], { check: true })).rejects.toMatchObject({
      name: 'CommandFailedError',
      status: 2,
      output: [expect.stringContaining('/nowhere')],
    });
  });

  it('kills a command in the cluster when its signal aborts', async () => {
    const seconds = `608.${Date.now()}`;
    const abortion = new AbortController();
    const running = cluster.exec('node1', ['sh', '-c', `echo started; sleep ${seconds}`], { signal: abortion.signal });
    const isThere = async () => (await cluster.exec('node1', ['pgrep', '-f', `sleep ${seconds}$`])).status === 0;
    await expect.poll(isThere, { timeout: 10_000 }).toBe(true);
    abortion.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect.poll(isThere, { timeout: 10_000 }).toBe(false);
  });

  it('connects to RAPI, and verifies its certificate', async () => {
    const answer = await cluster.rapi.fetch('/2/nodes');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await answer.json()).toMatchObject([{ id: 'node1.example.com' }, {}, {}]);
    const refused = await cluster.rapi.fetch('/2/instances', { body: {} });
    expect([refused.status, refused.ok]).toEqual([400, false]);
  });

  it('does not connect to a RAPI with another certificate', async () => {
    const ca = await readFile(new URL('../fixtures/rapi-certificate.pem', import.meta.url), 'utf8');
    await expect(toRapi({ ...cluster.rapi, ca }).fetch('/2/info')).rejects.toMatchObject({
      name: 'RapiError',
      message: `no trusted response from RAPI at ${cluster.rapi.url}: self-signed certificate`,
    });
  });

  it('finds no errors in a clean cluster, and reports it as healthy', async () => {
    await cluster.verify();
    expect(await cluster.status()).toMatchObject({ well: true, nodes: [{ role: 'master' }, {}, {}] });
  });

  it('refuses other options for an existing cluster, which stays at the end of the block', async () => {
    await expect(library.up({ name: shared.name, nodes: 5 })).rejects.toThrow(library.ConflictError);
    {
      await using same = await library.up({ name: shared.name, nodes: 3 });
      expect(same.created).toBe(false);
    }
    expect((await shared.run(['status'])).exitCode).toBe(0);
  });

  it('creates a cluster that grows, shrinks and is removed with its block; the process is unchanged, and exits by itself', async () => {
    const name = testCluster('library');
    onTestFinished(async () => {
      await vcluster(['down', name]);
    });
    const script = join(inject('packed'), 'script.mjs');
    await writeFile(script, program);
    const { exitCode, stdout, stderr } = await execa(execPath, [script, name], {
      env: cliEnvironment(),
      extendEnv: false,
      reject: false,
      timeout: 110_000,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      created: true,
      nodes: ['node1.lab.example'],
      grown: 'node1.lab.example\nnode2.lab.example\n',
      shrunk: 1,
      listeners: 0,
      left: [],
    });
    expect(await library.down(name)).toBe(false);
    await expect(library.connect(name)).rejects.toThrow(library.NotFoundError);
  });
});

/** `await using` is too new for the oldest supported Node; this is the equivalent code. */
const program = `
import { list, up } from 'vcluster-box';
const name = process.argv[2];
let listeners = 0;
const onEvent = () => {
  listeners += ['SIGINT', 'SIGTERM', 'SIGHUP'].reduce((sum, each) => sum + process.listenerCount(each), 0);
};
const cluster = await up({ name, nodes: 1, domain: 'lab.example', onEvent });
const { created, nodes } = cluster;
const [added] = await cluster.addNodes(1);
const grown = (await added.exec(['gnt-node', 'list', '--no-headers', '-o', 'name'], { check: true })).stdout;
await cluster.removeNode('node2');
const shrunk = cluster.nodes.length;
await cluster[Symbol.asyncDispose]();
const left = (await list()).filter((each) => each.name === name);
console.log(JSON.stringify({ created, nodes: nodes.map((node) => node.name), grown, shrunk, listeners, left }));
`;

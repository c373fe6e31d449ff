import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine, type FakeEngine } from '../../support/fake-engine.ts';
import { fakeInfo } from '../../support/fake-state.ts';
import { cachedHostsOf, multiHostCluster } from '../../support/fake-multi-host-cluster.ts';
import { runCli, type CliOptions } from '../../support/run-cli.ts';

const alpha = 'ssh://ops@alpha';
const beta = 'ssh://ops@beta';
const twoHosts = () =>
  multiHostCluster('demo', [
    { endpoint: alpha, nodes: 2 },
    { endpoint: beta, nodes: 3 },
  ]);

/** Runs `exec` for a node; resolves to the result, and the container that it ran in. */
async function exec(node: string, options: CliOptions, cluster: readonly string[] = []) {
  const result = await runCli(['exec', ...cluster, node, 'true'], options);
  const engines = [options.engine, ...Object.values(options.hosts ?? {})];
  const containers = engines.flatMap((engine) => engine?.execs().map(({ container }) => container) ?? []);
  return { ...result, containers };
}
const methods = (engine: FakeEngine | undefined) => engine?.calls.map(({ method }) => method);

describe('a cluster on several hosts', () => {
  it('is found on all of them from one of its engines', async () => {
    const hosts = twoHosts();
    const { status, containers } = await exec('node5', { engine: hosts[alpha], hosts });
    expect([status, containers]).toEqual([0, ['vcluster-box-demo-2']]);
  });

  it('is found from each of its engines', async () => {
    const hosts = twoHosts();
    const { containers } = await exec('node1', { engine: hosts[beta], hosts });
    expect(containers).toEqual(['vcluster-box-demo-1']);
  });

  it('is found by its cached hosts when the current engine has no part of it, or does not exist', async () => {
    const env = await cachedHostsOf({ demo: [alpha, beta] });
    const hosts = twoHosts();
    expect((await exec('node5', { env, hosts })).containers).toEqual(['vcluster-box-demo-2']);
    const others = twoHosts();
    expect((await exec('node1', { env, hosts: others, engine: null })).containers).toEqual(['vcluster-box-demo-1']);
  });

  it('is found when only one of its hosts is cached', async () => {
    const { containers } = await exec('node1', { env: await cachedHostsOf({ demo: [beta] }), hosts: twoHosts() });
    expect(containers).toEqual(['vcluster-box-demo-1']);
  });

  it('can be used while a host is down, except for what needs that host', async () => {
    const hosts = { [alpha]: twoHosts()[alpha] ?? fakeEngine() };
    const engine = hosts[alpha];
    expect((await exec('node1', { engine, hosts })).status).toBe(0);
    const { status, stderr } = await exec('node4', { engine, hosts });
    expect(status).toBe(125);
    expect(stderr).toContain(
      'error: node node4.example.com of cluster demo cannot be reached: the host ssh://ops@beta cannot be reached: no route to host\n' +
        'hint: Switch it on.',
    );
  });

  it('cannot be used while all hosts are down, and the error names them', async () => {
    const { status, stderr } = await exec('node1', { env: await cachedHostsOf({ demo: [alpha, beta] }) });
    expect(status).toBe(125);
    expect(stderr).toContain(
      'cluster demo cannot be reached: the host ssh://ops@alpha cannot be reached: no route to host; the host ssh://ops@beta',
    );
  });

  it('is not looked up on an engine that has been replaced', async () => {
    const hosts = twoHosts();
    const { [beta]: other = fakeEngine() } = multiHostCluster('demo', [{ endpoint: beta, nodes: 5 }]);
    other.state.info = { ...fakeInfo, id: 'another' };
    const { status, stderr } = await exec('node4', { engine: hosts[alpha], hosts: { ...hosts, [beta]: other } });
    expect(status).toBe(125);
    expect(stderr).toContain('the host ssh://ops@beta now leads to another engine');
    expect(stderr).toContain('Its ID was id-of-ssh://ops@beta when the cluster was created, and is now another');
  });

  it('that has lost a slice reports it', async () => {
    const hosts = twoHosts();
    const empty = fakeEngine({ info: { ...fakeInfo, id: 'id-of-ssh://ops@beta' } });
    const { stderr } = await exec('node4', { engine: hosts[alpha], hosts: { ...hosts, [beta]: empty } });
    expect(stderr).toContain('the host ssh://ops@beta no longer has slice 2 of cluster demo');
  });

  it('is found while one of its slices is partly created', async () => {
    const hosts = twoHosts();
    hosts[alpha]?.state.containers[0]?.files.delete(slicePaths.plan);
    const { containers } = await exec('node5', {
      engine: hosts[alpha],
      hosts,
      env: await cachedHostsOf({ demo: [alpha, beta] }),
    });
    expect(containers).toEqual(['vcluster-box-demo-2']);
  });
});

describe('the cached hosts of a cluster', () => {
  it('are deleted when the cluster does not exist on them', async () => {
    const env = await cachedHostsOf({ demo: [alpha] });
    const { status, stderr } = await exec('node1', { env, hosts: { [alpha]: fakeEngine() } });
    expect([status, stderr]).toEqual([125, expect.stringContaining('no cluster exists')]);
    expect(await readdir(join(env.XDG_STATE_HOME, 'vcluster-box/hosts'))).toEqual([]);
  });

  it('count in the choice of a default cluster, but get no requests for another one', async () => {
    const env = await cachedHostsOf({ demo: [alpha, beta] });
    const hosts = twoHosts();
    const engine = fakeEngine({ containers: [fakeCluster('lab')] });
    expect((await exec('node1', { env, hosts, engine })).stderr).toContain('several clusters exist: demo, lab');
    expect((await exec('node1', { env, hosts, engine }, ['-c', 'lab'])).status).toBe(0);
    expect(methods(hosts[alpha])).toEqual([]);
  });

  it('do not hide a cluster of the same name on the current engine', async () => {
    const engine = fakeEngine({ containers: [fakeCluster('demo')] });
    const { containers } = await exec('node3', { env: await cachedHostsOf({ demo: [alpha] }), engine });
    expect(containers).toEqual(['vcluster-box-demo-1']);
  });

  it('do not replace the current engine for other clusters', async () => {
    const env = await cachedHostsOf({ demo: [alpha] });
    const { status, stderr } = await runCli(['exec', '-c', 'lab', 'node1', 'true'], { env, engine: null });
    expect([status, stderr]).toEqual([125, expect.stringContaining('no container engine answers')]);
  });
});

const resources = ['findNetworks', 'findVolumes'];
/** What Ganeti has changed, or whether it has; the same for any number of nodes. */
const changes = ['readFile', 'inspectPath'];

/** Problems of the slice and of the relays of published ports. */
const problems = ['findContainers', 'inspectContainer'];

describe('a cluster on one host', () => {
  it.each([
    [
      ['exec', 'node1', 'true'],
      ['findContainers', 'inspectPath', 'exec'],
    ],
    [['status'], ['findContainers', 'inspectContainer', 'readFile', ...changes, 'exec', ...problems]],
    [
      ['down', 'demo'],
      ['findContainers', 'findContainers', ...resources, 'findContainers', ...resources, 'removeContainer'],
    ],
  ])('needs no extra requests with %j', async (args, expected) => {
    const demo = fakeCluster('demo');
    demo.files.set('/srv/vcluster/node1.example.com/cmd', Buffer.from(''));
    const engine = fakeEngine({
      containers: [demo],
      onExec: (_container, _command, { stdout }) => {
        stdout.write('{"cluster":{},"votes":{"votes":[],"leading":null},"nodes":[]}');
        return 0;
      },
    });
    await runCli(args, { engine });
    expect(methods(engine)).toEqual(expected);
  });
});

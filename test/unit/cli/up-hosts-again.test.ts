import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FakeEngine } from '../../support/fake-engine.ts';
import { fakeHosts } from '../../support/fake-hosts.ts';
import { runCli } from '../../support/run-cli.ts';

const state = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
afterAll(() => rm(state, { recursive: true }));

type Hosts = Readonly<Record<string, FakeEngine>>;

const run = (hosts: Hosts, ...args: readonly string[]) =>
  runCli(args, { engine: null, hosts, env: { XDG_STATE_HOME: state } });
const flags = (hosts: Hosts) => Object.keys(hosts).flatMap((endpoint) => ['--host', endpoint]);
const all = (hosts: Hosts) => Object.values(hosts);
const changes = (hosts: Hosts) =>
  all(hosts).flatMap(({ calls }) => calls.filter(({ method }) => /^(create|start|stop|remove|write)/.test(method)));

describe('up on an existing cluster on several hosts', () => {
  it('changes nothing when it runs, whether hosts are named or not', async () => {
    const hosts = await fakeHosts(2);
    await run(hosts, 'up', 'lab', '-n', '5', ...flags(hosts));
    const before = changes(hosts).length;
    for (const args of [[], flags(hosts), ['-n', '5', '--underlay', 'vxlan', ...flags(hosts)]]) {
      const { status, stdout, stderr } = await run(hosts, 'up', 'lab', ...args);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      expect(stdout).toContain('Cluster lab was already running, with 5 nodes; nothing was changed.');
      expect(stdout).toContain('ssh://ops@192.0.2.2');
    }
    expect(changes(hosts)).toHaveLength(before);
  });

  it('starts the stopped slices', async () => {
    const hosts = await fakeHosts(3);
    await run(hosts, 'up', 'lab', ...flags(hosts));
    for (const engine of all(hosts).slice(1)) await engine.stopContainer('id-vcluster-box-lab-2', 1);
    await all(hosts)[2]?.stopContainer('vcluster-box-lab-3', 1);
    expect(await run(hosts, 'up', 'lab')).toMatchObject({ status: 0 });
    expect(all(hosts).map((engine) => engine.state.containers[0]?.state)).toEqual(['running', 'running', 'running']);
  });

  it('refuses different options, and names all of them', async () => {
    const hosts = await fakeHosts(2);
    await run(hosts, 'up', 'lab', ...flags(hosts));
    const { status, stderr } = await run(
      hosts,
      ...['up', 'lab', '-n', '4'],
      ...['--host', 'ssh://ops@192.0.2.1,port=4800', '--host', 'ssh://ops@192.0.2.2,nodes=3'],
    );
    expect(status).toBe(125);
    expect(stderr).toContain('hosts[0].port is 4790, requested 4800');
    expect(stderr).toContain('hosts[1].nodes is 1, requested 3');
    expect(stderr).toContain('nodes is 3, requested 4');
    const swarm = await run(hosts, 'up', 'lab', '--underlay', 'swarm', ...flags(hosts));
    expect(swarm.stderr).toContain('underlay is vxlan, requested swarm');
  });

  it('names the host that cannot be reached', async () => {
    const hosts = await fakeHosts(2);
    await run(hosts, 'up', 'lab', ...flags(hosts));
    const known = Object.fromEntries(Object.entries(hosts).slice(0, 1));
    const { status, stderr } = await run(known, 'up', 'lab');
    expect(status).toBe(125);
    expect(stderr).toContain('the host ssh://ops@192.0.2.2 cannot be reached: no route to host');
  });

  it('creates one cluster when it runs twice at once', async () => {
    const hosts = await fakeHosts(2);
    const runs = await Promise.all([1, 2].map(() => run(hosts, 'up', 'lab', ...flags(hosts))));
    expect(runs.map(({ status, stderr }) => [status, status === 0 ? '' : stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(all(hosts).map((engine) => engine.state.containers.length)).toEqual([1, 1]);
  });
});

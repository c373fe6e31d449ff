import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { cachedHostsOf } from '../../support/fake-multi-host-cluster.ts';
import { alpha, beta, twoHosts } from '../../support/fake-two-hosts.ts';
import { runCli } from '../../support/run-cli.ts';

/** The output of `vcluster-slice status` in a slice with these nodes. */
function statusOf(nodes: readonly number[], master = 'node1.example.com') {
  return JSON.stringify({
    ready: true,
    ganeti: '3.0.2',
    cluster: { name: 'cluster.example.com', address: '198.18.0.1', master },
    votes: {
      votes: nodes.map((number) => {
        return { node: `node${number}.example.com`, master, since: 1, stopped: false, offline: false, answers: true };
      }),
      leading: null,
    },
    rapi: true,
    problem: null,
    nodes: nodes.map((number) => ({
      name: `node${number}.example.com`,
      address: `198.18.1.${number}`,
      state: 'running',
      role: number === 1 ? 'master' : 'candidate',
      answers: true,
      daemons: { 'ganeti-noded': true },
      resources: {},
    })),
  });
}

describe('a cluster on several hosts', () => {
  const statuses = (slice: number) => statusOf(slice === 1 ? [1, 2] : [3]);

  it('has a status merged from all slices', async () => {
    const { hosts, first } = twoHosts(statuses);
    const { status, stdout } = await runCli(['status', 'demo'], { engine: first, hosts });
    expect(status).toBe(0);
    expect(stdout).toBe(
      `demo is running: cluster.example.com 198.18.0.1, Ganeti 3.0.2
HOST             STATUS   NODES  CONTAINER
ssh://ops@alpha  running  2      vcluster-box-demo-1
ssh://ops@beta   running  1      vcluster-box-demo-2

NODE               ROLE       ADDRESS     HOST             DAEMONS
node1.example.com  master     198.18.1.1  ssh://ops@alpha  1/1
node2.example.com  candidate  198.18.1.2  ssh://ops@alpha  1/1
node3.example.com  candidate  198.18.1.3  ssh://ops@beta   1/1
`,
    );
  });

  it('has a status that shows which host is down, and the other hosts', async () => {
    const { first } = twoHosts(statuses);
    const options = { engine: first, hosts: { [alpha]: first } };
    const { status, stdout } = await runCli(['status', 'demo'], options);
    expect(status).toBe(1);
    expect(stdout).toContain('demo is degraded: cluster.example.com');
    expect(stdout).toMatch(/ssh:\/\/ops@beta +down +1 +cannot be reached: no route to host/);
    expect(stdout).toMatch(/node3.example.com +unknown +198.18.1.3 +ssh:\/\/ops@beta +-/);
    const json = JSON.parse((await runCli(['status', 'demo', '--json'], options)).stdout) as object;
    expect(json).toMatchObject({
      state: 'degraded',
      well: false,
      cluster: { master: 'node1.example.com' },
      nodes: [{ slice: 1 }, { role: 'candidate' }, { state: 'unknown', slice: 2 }],
      hosts: [
        { state: 'running', problem: null },
        { host: beta, slice: 2, state: 'unreachable', nodes: 1 },
      ],
    });
  });

  it('has a status from its plan when it is stopped', async () => {
    const { hosts, first, second } = twoHosts();
    for (const { state } of [first, second])
      state.containers = state.containers.map((one) => ({ ...one, state: 'exited' }));
    const { stdout } = await runCli(['status', 'demo'], { engine: first, hosts });
    expect(stdout).toContain('demo is stopped: cluster.example.com 198.18.0.1\n');
  });

  it('is listed by ls with its hosts, even if only its cached hosts are known', async () => {
    const { hosts } = twoHosts();
    const engine = fakeEngine({ containers: [fakeCluster('lab')] });
    const { stdout } = await runCli(['ls'], {
      engine,
      hosts,
      env: await cachedHostsOf({ demo: [alpha], gone: [beta + '2'] }),
    });
    expect(stdout.replaceAll(/ +/g, ' ')).toBe(
      `NAME STATUS NODES GANETI RAPI AGE HOSTS
demo running 3 3.0 https://127.0.0.1:5080 0 s ssh://ops@alpha ssh://ops@beta
gone unreachable - - - - (ssh://ops@beta2)
lab running 3 3.0 https://127.0.0.1:5080 0 s
`,
    );
  });

  it('has info with the RAPI address of each host and the password from any of them', async () => {
    const { first, second } = twoHosts();
    const options = { engine: second, hosts: { [beta]: second } };
    expect((await runCli(['info', 'demo', '--password'], options)).stdout).toBe('secret-of-this-cluster\n');
    const { stdout } = await runCli(['info', 'demo'], options);
    expect(stdout).toContain('demo (degraded, 3 nodes)');
    expect(stdout).toMatch(/Host: +ssh:\/\/ops@alpha: 2 nodes, cannot be reached: no route to host/);
    expect(stdout).toMatch(/Host: +ssh:\/\/ops@beta: 1 node, running, RAPI at https:\/\/127.0.0.1:5080/);
    first.state.containers = first.state.containers.map((one) => ({
      ...one,
      ports: [{ containerPort: 5081, protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 5085 }],
    }));
    const json = await runCli(['info', 'demo', '--json'], { engine: first, hosts: { [alpha]: first } });
    expect(JSON.parse(json.stdout)).toMatchObject({ rapi: { url: 'https://alpha:5085' } });
  });

  it('completes its name and nodes without requests to other hosts', async () => {
    const { hosts, first, second } = twoHosts();
    const run = (...words: string[]) => runCli(['__complete', '--', ...words], { engine: first, hosts });
    expect((await run('exec', '-c', 'demo', 'node3')).stdout).toContain('node3\t');
    expect(second.calls).toEqual([]);
  });
});

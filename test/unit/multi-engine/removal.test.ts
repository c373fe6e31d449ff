import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeContainer } from '../../support/fake-state.ts';
import { cachedHostsOf } from '../../support/fake-multi-host-cluster.ts';
import { alpha, beta, states, twoHosts } from '../../support/fake-two-hosts.ts';
import { runCli } from '../../support/run-cli.ts';

describe('down', () => {
  const relay = fakeContainer({
    name: 'vcluster-box-demo-port-22',
    labels: { 'vcluster-box.cluster': 'demo', 'vcluster-box.port': 'rapi' },
  });
  const network = {
    id: 'n',
    name: 'vcluster-box-demo',
    driver: 'bridge',
    subnets: [],
    createdAt: 1,
    labels: { 'vcluster-box.cluster': 'demo' },
  };

  it('removes all resources of a cluster on all hosts, and its cached hosts, but no other cluster', async () => {
    const { hosts, first, second } = twoHosts();
    second.state.containers = [...second.state.containers, relay, fakeCluster('lab')];
    second.state.networks = [network as never];
    const env = await cachedHostsOf({ demo: [alpha, beta] });
    const { status } = await runCli(['down', 'demo'], { engine: fakeEngine(), hosts, env });
    expect(status).toBe(0);
    expect([first, second].map(({ state }) => state.containers.map(({ name }) => name))).toEqual([
      [],
      ['vcluster-box-lab-1'],
    ]);
    expect(second.state.networks).toEqual([]);
    expect(await readdir(join(env.XDG_STATE_HOME, 'vcluster-box/hosts'))).toEqual([]);
  });

  it('removes what can be reached, and explains how to remove the rest later', async () => {
    const { first } = twoHosts();
    const { status, stderr } = await runCli(['down', 'demo'], { engine: first, hosts: { [alpha]: first } });
    expect([status, first.state.containers]).toEqual([125, []]);
    expect(stderr).toContain(
      'error: resources of demo might remain: the host ssh://ops@beta cannot be reached: no route to host\n' +
        'hint: when the host is available again, run DOCKER_HOST=ssh://ops@beta vcluster-box down demo',
    );
  });

  it('--all also removes clusters that are only known from cached hosts', async () => {
    const { hosts, first, second } = twoHosts();
    await runCli(['down', '--all'], { engine: fakeEngine(), hosts, env: await cachedHostsOf({ demo: [alpha] }) });
    expect([first, second].map(({ state }) => state.containers)).toEqual([[], []]);
  });
});

describe('automatic removal', () => {
  it('removes an expired cluster from all its hosts, but not while a part of it runs', async () => {
    const { hosts, first, second } = twoHosts();
    const over = (state: 'exited' | 'running') => (one: (typeof first.state.containers)[number]) => ({
      ...one,
      state,
      labels: { ...one.labels, 'vcluster-box.expires': '2020-01-01T00:00:00Z' },
    });
    first.state.containers = first.state.containers.map(over('exited'));
    second.state.containers = second.state.containers.map(over('running'));
    await runCli(['ls'], { engine: first, hosts });
    expect(states(first, second)).toEqual([['exited'], ['running']]);
    second.state.containers = second.state.containers.map(over('exited'));
    await runCli(['ls'], { engine: first, hosts });
    expect(states(first, second)).toEqual([[], []]);
  });

  it('skips a cluster in prune if it runs, or could run, on another host', async () => {
    const { hosts, first, second } = twoHosts();
    first.state.containers = first.state.containers.map((one) => ({
      ...one,
      state: 'exited',
      finishedAt: '2020-01-01T00:00:00Z',
    }));
    await runCli(['prune'], { engine: first, hosts });
    await runCli(['prune'], { engine: first, hosts: { [alpha]: first } });
    expect(states(first, second)).toEqual([['exited'], ['running']]);
    second.state.containers = second.state.containers.map((one) => ({
      ...one,
      state: 'exited',
      finishedAt: '2020-01-01T00:00:00Z',
    }));
    await runCli(['prune'], { engine: first, hosts });
    expect(states(first, second)).toEqual([[], []]);
  });
});

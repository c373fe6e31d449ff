import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { fakeSignals } from '../../support/fake-signals.ts';
import { cachedHostsOf } from '../../support/fake-multi-host-cluster.ts';
import { alpha, beta, execs, twoHosts } from '../../support/fake-two-hosts.ts';
import { votesFor } from '../../support/fake-votes.ts';
import { runCli } from '../../support/run-cli.ts';

describe('a cluster on several hosts', () => {
  it('exec --all runs on every node, in the slice of the node', async () => {
    const { hosts, first, second } = twoHosts((slice) => `from slice ${slice}\n`);
    const { status, stdout } = await runCli(['exec', '-c', 'demo', '--all', 'hostname'], { engine: second, hosts });
    expect(status).toBe(0);
    expect(stdout.split('\n').sort().filter(Boolean)).toEqual([
      'node1 | from slice 1',
      'node2 | from slice 1',
      'node3 | from slice 2',
    ]);
    expect([execs(first).length, execs(second).length]).toEqual([2, 1]);
  });

  it('exec --all skips nodes of a host that is down, reports them, and exits with 125', async () => {
    const { first } = twoHosts(() => 'x\n');
    const options = { engine: first, hosts: { [alpha]: first } };
    const { status, stderr } = await runCli(['exec', '--all', 'true'], options);
    expect(status).toBe(125);
    expect(stderr).toContain('skipping node3: the host ssh://ops@beta cannot be reached: no route to host');
    const json = await runCli(['exec', '--all', '--json', 'true'], options);
    expect(JSON.parse(json.stdout)).toMatchObject([
      { status: 0 },
      { status: 0 },
      { node: 'node3.example.com', status: 125 },
    ]);
  });

  it('shell runs on the master by default, chosen by the slices that are up', async () => {
    const votes = (slice: number, argv: readonly string[]) => {
      if (argv[1] !== 'votes') return '';
      return votesFor(slice === 1 ? ['node1.example.com', 'node1.example.com'] : ['node3.example.com']);
    };
    const { hosts, first, second } = twoHosts(votes);
    await runCli(['shell'], { engine: second, hosts });
    expect(execs(first).at(-1)?.[2]).toBe('/srv/vcluster/node1.example.com');
    await runCli(['shell'], { engine: second, hosts: { [beta]: second } });
    expect(execs(second).at(-1)?.[2]).toBe('/srv/vcluster/node3.example.com');
  });

  it('a signal is forwarded to the slice of the command', async () => {
    const { hosts, first, second } = twoHosts();
    const signals = fakeSignals();
    second.state.onExec = async (_container, { argv }) => {
      if (argv.at(-1) !== 'sleep') return 0;
      signals.send('SIGTERM');
      await vi.waitFor(() => {
        expect(execs(second).map(([program]) => program)).toContain('/usr/lib/vcluster-box/signal-exec');
      });
      return 143;
    };
    const { status } = await runCli(['exec', 'node3', 'sleep'], { engine: first, hosts, signals });
    expect(status).toBe(143);
    expect(execs(first)).toEqual([]);
  });

  it('cp copies between nodes of different hosts', async () => {
    const { hosts, first, second } = twoHosts();
    for (const { state } of [first, second])
      state.containers = state.containers.map((one) => ({ ...one, state: 'exited' }));
    const env = await cachedHostsOf({ demo: [alpha, beta] });
    first.state.containers[0]?.files.set('/srv/vcluster/node1.example.com/etc/motd', Buffer.from('hello'));
    second.state.containers[0]?.files.set('/srv/vcluster/node3.example.com/etc/x', Buffer.from(''));
    const { status, stderr } = await runCli(['cp', 'node1:etc/motd', 'node3:etc/'], { hosts, env });
    expect([status, stderr]).toEqual([0, '']);
    expect(second.state.containers[0]?.files.get('/srv/vcluster/node3.example.com/etc/motd')?.toString()).toBe('hello');
  });

  it('logs come from all slices, and missing ones are reported', async () => {
    const { hosts, first, second } = twoHosts();
    first.state.containers = first.state.containers.map((one) => ({
      ...one,
      logs: [{ stream: 'stdout', text: 'one' }],
    }));
    second.state.containers = second.state.containers.map((one) => ({
      ...one,
      logs: [{ stream: 'stdout', text: 'two' }],
    }));
    second.state.containers[0]?.files.set(
      '/srv/vcluster/node3.example.com/var/log/ganeti/jobs.log',
      Buffer.from('2024-05-17 08:11:00,127: of node 3\n'),
    );
    const { stdout } = await runCli(['logs', '-c', 'demo'], { engine: first, hosts });
    expect(stdout.replaceAll(/ +/g, ' ')).toBe(
      'slice slice1 one\nslice slice2 two\nnode3 jobs 2024-05-17 08:11:00,127: of node 3\n',
    );
    const without = await runCli(['logs', '-c', 'demo'], { engine: first, hosts: { [alpha]: first } });
    expect([without.status, without.stdout.replaceAll(/ +/g, ' ')]).toEqual([0, 'slice slice1 one\n']);
    expect(without.stderr).toContain('logs are incomplete: the host ssh://ops@beta cannot be reached');
    const asked = await runCli(['logs', '-c', 'demo', 'node3'], { engine: first, hosts: { [alpha]: first } });
    expect(asked.status).toBe(125);
  });

  it('logs export collects every slice in its own folder, and lists what is missing', async () => {
    const { hosts, first } = twoHosts();
    const target = join(await mkdtemp(join(tmpdir(), 'vcluster-box-')), 'report');
    expect((await runCli(['logs', 'export', target], { engine: first, hosts })).status).toBe(0);
    expect(await readdir(target)).toEqual(['manifest.json', 'slice1', 'slice2']);
    expect(await readFile(join(target, 'slice2/plan.json'), 'utf8')).toContain('"slice": 2'.replace(' ', ''));
    const { stderr } = await runCli(['logs', 'export', `${target}2`], { engine: first, hosts: { [alpha]: first } });
    expect(stderr).toContain('not collected: slice2/: the host ssh://ops@beta cannot be reached');
  });

  it('ports are published on the host of the node, listed with it, and unpublished there', async () => {
    const { hosts, first, second } = twoHosts();
    for (const { state } of [first, second]) {
      state.containers = state.containers.map((one) => ({ ...one, network: 'vcluster-box-demo' }));
    }
    const run = (...words: string[]) => runCli(['-c', 'demo', 'port', ...words], { engine: first, hosts });
    const added = await run('add', '2222:node3:22', '2222:node1:22');
    expect(added.stdout).toBe(
      `127.0.0.1:2222 of ${beta} -> node3.example.com:22\n127.0.0.1:2222 of ${alpha} -> node1.example.com:22\n`,
    );
    expect(second.state.containers.map(({ name }) => name)).toEqual([
      'vcluster-box-demo-2',
      'vcluster-box-demo-port-2222',
    ]);
    const listed = await run('ls');
    expect(listed.stdout).toMatch(
      /127.0.0.1:2222 +node3.example.com:22 +open +vcluster-box-demo-port-2222 +ssh:\/\/ops@beta/,
    );
    await run('rm', 'node3:22');
    expect([first, second].map(({ state }) => state.containers.length)).toEqual([2, 1]);
  });
});

import { afterAll, beforeAll, describe, expect } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { complaintsOf } from '../support/e2e-instance.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';
import { story } from '../support/story.ts';

const instance = 'fake.example.com';

describe.skipIf(!dockerAvailable)('an instance of the fake hypervisor', () => {
  const step = story();
  let cluster: SharedCluster;

  const run = async (...argv: readonly string[]) => {
    const { exitCode, stdout, stderr } = await cluster.run(['exec', 'node1', ...argv]);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: status ${exitCode ?? 'none'}\n${stdout}\n${stderr}`);
    return stdout;
  };
  const gnt = (command: string, ...argv: readonly string[]) => run('gnt-instance', command, ...argv, instance);
  /** State, requested state, memory, CPUs, node. */
  const look = async () =>
    (await gnt('list', '--no-headers', '-o', 'status,admin_state,oper_ram,oper_vcpus,pnode')).trim().split(/\s+/);

  beforeAll(async () => {
    cluster = await sharedCluster();
    const options = ['-t', 'diskless', '-o', 'noop', '--no-name-check', '--no-ip-check', '--no-nics'];
    await gnt('add', ...options, '-B', 'minmem=64,maxmem=256', '-n', 'node2');
  }, 300_000);
  afterAll(async () => {
    await cluster.run(['exec', 'node1', 'gnt-instance', 'remove', '-f', '--shutdown-timeout=0', instance]);
    await cluster.run(['exec', 'node1', 'gnt-cluster', 'modify', '--user-shutdown=no']);
  });

  step('migrates with its current memory, and starts with its maximum memory after a failover', async () => {
    await gnt('modify', '-m', '128M');
    expect(await look()).toEqual(['running', 'up', '128M', '1', 'node2.example.com']);
    await gnt('migrate', '-f', '-n', 'node3');
    expect(await look()).toEqual(['running', 'up', '128M', '1', 'node3.example.com']);
    await gnt('failover', '-f', '-n', 'node2');
    expect(await look()).toEqual(['running', 'up', '256M', '1', 'node2.example.com']);
  });

  step('keeps its current resources in a soft reboot, and gets modified ones in a hard or full reboot', async () => {
    await gnt('modify', '-B', 'vcpus=2,maxmem=300');
    await gnt('reboot', '--type=soft');
    expect(await look()).toEqual(['running', 'up', '256M', '1', 'node2.example.com']);
    await gnt('reboot', '--type=hard');
    expect(await look()).toEqual(['running', 'up', '300M', '2', 'node2.example.com']);
    await gnt('modify', '-B', 'vcpus=1');
    await gnt('reboot', '--type=full', '--shutdown-timeout=0');
    expect(await look()).toEqual(['running', 'up', '300M', '1', 'node2.example.com']);
  });

  step('has a simulated console on its node', async () => {
    expect(await gnt('console', '--show-cmd')).toMatch(/^ssh .* root@node2\.example\.com .*console fake/);
  });

  step('crashes on demand, and the watcher restarts it', async () => {
    await run('vcluster-slice', 'instance', 'crash', 'fake');
    expect(await look()).toEqual(['ERROR_down', 'up', '-', '-', 'node2.example.com']);
    expect(await cluster.run(['watcher', 'node1'])).toExitWith(0);
    expect(await look()).toEqual(['running', 'up', '300M', '1', 'node2.example.com']);
  });

  step('is shut down from inside on demand, and stays down with user shutdown enabled', async () => {
    await run('gnt-cluster', 'modify', '--user-shutdown=yes');
    await run('vcluster-slice', 'instance', 'shutdown', instance);
    expect((await look()).slice(0, 2)).toEqual(['USER_down', 'up']);
    await run('ganeti-watcher');
    expect((await look()).slice(0, 2)).toEqual(['USER_down', 'down']);
    expect(await complaintsOf(cluster)).toEqual([]);
    await gnt('startup');
    expect(await look()).toEqual(['running', 'up', '300M', '1', 'node2.example.com']);
  });

  step('is considered crashed after a shutdown from inside if user shutdown is disabled', async () => {
    await run('gnt-cluster', 'modify', '--user-shutdown=no');
    await run('vcluster-slice', 'instance', 'shutdown', instance);
    expect((await look()).slice(0, 2)).toEqual(['ERROR_down', 'up']);
    await gnt('startup');
  });

  step('is shut down and started without a timeout, and by force', async () => {
    for (const how of ['--timeout=0', '--force']) {
      await gnt('shutdown', how);
      expect(await look()).toEqual(['ADMIN_down', 'down', '-', '-', 'node2.example.com']);
      await gnt('startup', ...(how === '--force' ? ['--force'] : []));
      expect((await look()).slice(0, 2)).toEqual(['running', 'up']);
    }
  });
});

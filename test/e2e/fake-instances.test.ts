import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { complaintsOf } from '../support/e2e-instance.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

const instance = 'fake.example.com';

describe.skipIf(!dockerAvailable)('an instance of the fake hypervisor', () => {
  let cluster: SharedCluster;

  const run = async (...argv: readonly string[]) => {
    const { exitCode, stdout, stderr } = await cluster.run(['exec', 'node1', ...argv]);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: status ${exitCode ?? 'none'}\n${stdout}\n${stderr}`);
    return stdout;
  };
  const gnt = (command: string, ...argv: readonly string[]) => run('gnt-instance', command, ...argv, instance);
  /** State, state as wished, memory, CPUs, node. */
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

  it('migrates with the memory that it has, and starts with what it may have when it fails over', async () => {
    await gnt('modify', '-m', '128M');
    expect(await look()).toEqual(['running', 'up', '128M', '1', 'node2.example.com']);
    await gnt('migrate', '-f', '-n', 'node3');
    expect(await look()).toEqual(['running', 'up', '128M', '1', 'node3.example.com']);
    await gnt('failover', '-f', '-n', 'node2');
    expect(await look()).toEqual(['running', 'up', '256M', '1', 'node2.example.com']);
  });

  it('a soft reboot keeps it as it is, a hard one gives it what was set meanwhile; a full one does, too', async () => {
    await gnt('modify', '-B', 'vcpus=2,maxmem=300');
    await gnt('reboot', '--type=soft');
    expect(await look()).toEqual(['running', 'up', '256M', '1', 'node2.example.com']);
    await gnt('reboot', '--type=hard');
    expect(await look()).toEqual(['running', 'up', '300M', '2', 'node2.example.com']);
    await gnt('modify', '-B', 'vcpus=1');
    await gnt('reboot', '--type=full', '--shutdown-timeout=0');
    expect(await look()).toEqual(['running', 'up', '300M', '1', 'node2.example.com']);
  });

  it('has no console, and Ganeti says so', async () => {
    expect(await gnt('console')).toBe('Console not available for fake hypervisor');
    expect(await gnt('console', '--show-cmd')).toBe('Console not available for fake hypervisor');
  });

  it('crashes on demand: the watcher starts it again', async () => {
    await run('vcluster-slice', 'instance', 'crash', 'fake');
    expect(await look()).toEqual(['ERROR_down', 'up', '-', '-', 'node2.example.com']);
    await run('ganeti-watcher');
    expect(await look()).toEqual(['running', 'up', '300M', '1', 'node2.example.com']);
  });

  it('is shut down from inside on demand: with user shutdown, it may stay so', async () => {
    await run('gnt-cluster', 'modify', '--user-shutdown=yes');
    await run('vcluster-slice', 'instance', 'shutdown', instance);
    expect((await look()).slice(0, 2)).toEqual(['USER_down', 'up']);
    await run('ganeti-watcher');
    expect((await look()).slice(0, 2)).toEqual(['USER_down', 'down']);
    expect(await complaintsOf(cluster)).toEqual([]);
    await gnt('startup');
    expect(await look()).toEqual(['running', 'up', '300M', '1', 'node2.example.com']);
  });

  it('shut down from inside without user shutdown is taken for a crash', async () => {
    await run('gnt-cluster', 'modify', '--user-shutdown=no');
    await run('vcluster-slice', 'instance', 'shutdown', instance);
    expect((await look()).slice(0, 2)).toEqual(['ERROR_down', 'up']);
    await gnt('startup');
  });

  it('is shut down and started without time, and by force', async () => {
    for (const how of ['--timeout=0', '--force']) {
      await gnt('shutdown', how);
      expect(await look()).toEqual(['ADMIN_down', 'down', '-', '-', 'node2.example.com']);
      await gnt('startup', ...(how === '--force' ? ['--force'] : []));
      expect((await look()).slice(0, 2)).toEqual(['running', 'up']);
    }
  });
});

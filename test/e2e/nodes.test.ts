import { beforeAll, describe, expect } from 'vitest';
import { containerName } from '../../src/plan/names.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { docker } from '../support/e2e-docker.ts';
import { startCli } from '../support/e2e-start.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { story } from '../support/story.ts';

const name = testCluster('nodes');
const onCluster = (...args: string[]) => vcluster(['-c', name, ...args]);
const gnt = async (...argv: string[]) => (await succeed(['-c', name, 'exec', 'node1', ...argv])).stdout;
const addInstance = (instance: string, ...options: string[]) =>
  gnt(
    'gnt-instance',
    'add',
    '-o',
    'noop',
    '--no-name-check',
    '--no-ip-check',
    '-B',
    'memory=128',
    ...options,
    instance,
  );
const instances = async () =>
  (await gnt('gnt-instance', 'list', '--no-headers', '--separator= ', '-o', 'name,pnode,status')).split('\n');
const nodes = async () => (await gnt('gnt-node', 'list', '--no-headers', '-o', 'name')).split('\n');

describe.skipIf(!dockerAvailable)('a running cluster that grows and shrinks', () => {
  const step = story();
  beforeAll(async () => {
    await succeed(['up', name, '-n', '2']);
    await addInstance('instance1.example.com', '-t', 'diskless', '-n', 'node2.example.com');
    return async () => {
      await vcluster(['down', name]);
    };
  }, 300_000);

  step(
    'gets more nodes while its instance runs, in a group and with disk templates that Ganeti has changed',
    async () => {
      await gnt('gnt-group', 'rename', 'default', 'prod');
      const templates = ['--enabled-disk-templates=file,diskless', '--ipolicy-disk-templates=file,diskless'];
      await gnt('gnt-cluster', 'modify', ...templates);
      const { exitCode, stdout } = await onCluster('node', 'add', '-n', '2', '--node-memory', '8g', '--node-cpus', '4');
      expect({ exitCode, stdout: stdout.split('\n') }).toEqual({
        exitCode: 0,
        stdout: [
          `Cluster ${name} now has 4 nodes.`,
          '',
          'ADDED              ADDRESS     GROUP',
          'node3.example.com  198.18.1.3  prod',
          'node4.example.com  198.18.1.4  prod',
        ],
      });
      expect(await instances()).toEqual(['instance1.example.com node2.example.com running']);
      const sizes = ['--no-headers', '--units=m', '--separator= ', '-o', 'name,mtotal,ctotal,dtotal'];
      expect((await gnt('gnt-node', 'list', ...sizes, 'node2', 'node4')).split('\n')).toEqual([
        'node2.example.com 65536 16 1048576',
        'node4.example.com 8192 4 1048576',
      ]);
    },
  );

  step('runs commands on the new nodes, which resolve each other by name', async () => {
    const line =
      'hostname=$GANETI_HOSTNAME; getent hosts node3 node4; gnt-node list --no-headers -o name; echo $hostname';
    const { stdout } = await onCluster('exec', 'node4', 'sh', '-c', line);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^198\.18\.1\.3 +node3\.example\.com node3$/) as string,
      expect.stringMatching(/^198\.18\.1\.4 +node4\.example\.com node4$/) as string,
      ...['node1', 'node2', 'node3', 'node4', 'node4'].map((short) => `${short}.example.com`),
    ]);
  });

  step('has the new size for all commands, and `up` refuses another number', async () => {
    expect(await onCluster('status')).toExitWith(0);
    expect(JSON.parse((await onCluster('info', '--json')).stdout)).toMatchObject({ nodes: 4 });
    expect(await vcluster(['up', name, '-n', '4'])).toExitWith(0);
    expect(await vcluster(['up', name, '-n', '2'])).toMatchObject({
      exitCode: 125,
      stderr: expect.stringContaining('nodes is 4, requested 2') as string,
    });
  });

  step('gets higher limits for memory and processes', async () => {
    const { HostConfig } = await (await docker()).getContainer(containerName(name, 1)).inspect();
    expect(HostConfig).toMatchObject({ Memory: 1280 * 2 ** 20, PidsLimit: 560 });
  });

  step('is the same after a restart, and Ganeti finds no errors, before and after', async () => {
    expect(await vcluster(['up', name, '--verify'])).toExitWith(0);
    await (await docker()).getContainer(containerName(name, 1)).restart();
    expect(await vcluster(['up', name, '--verify'])).toExitWith(0);
    expect(await nodes()).toHaveLength(4);
    expect(await instances()).toEqual(['instance1.example.com node2.example.com running']);
  });

  step('loses a node with running instances, which move, one of them with its disk', async () => {
    await addInstance('instance2.example.com', '-t', 'file', '--disk=0:size=64M', '-n', 'node2.example.com');
    const disk = '$GANETI_ROOTDIR/srv/ganeti/file-storage/instance2.example.com/*';
    const write = `dd if=/dev/urandom of="$(echo ${disk})" bs=1M count=3 seek=8 conv=notrunc`;
    await succeed(['-c', name, 'exec', 'node2', 'sh', '-c', write]);
    const { exitCode, stdout, stderr } = await onCluster('node', 'rm', 'node2', '--json');
    const said = 'node2.example.com: the disks of one instance are copied to other nodes, which writes 3 MiB';
    expect(stderr.split('\n')[0]).toBe(said);
    expect({ exitCode, result: JSON.parse(stdout) as unknown }).toEqual({
      exitCode: 0,
      result: {
        cluster: name,
        removed: ['node2.example.com'],
        moved: [
          { instance: 'instance1.example.com', from: 'node2.example.com', to: 'node1.example.com' },
          { instance: 'instance2.example.com', from: 'node2.example.com', to: 'node3.example.com' },
        ],
        nodes: 3,
      },
    });
    expect(await instances()).toEqual([
      'instance1.example.com node1.example.com running',
      'instance2.example.com node3.example.com running',
    ]);
    const { stdout: copied } = await succeed(['-c', name, 'exec', 'node3', 'sh', '-c', `stat -c '%s %b' ${disk}`]);
    const [size = 0, blocks = 0] = copied.split(' ').map(Number);
    expect(size).toBe(64 * 2 ** 20);
    // A part of a block that comes alone through the pipe is written with the zeros around it.
    expect(blocks * 512).toBeGreaterThanOrEqual(3 * 2 ** 20);
    expect(blocks * 512).toBeLessThan(4 * 2 ** 20);
    expect(await nodes()).toEqual(['node1.example.com', 'node3.example.com', 'node4.example.com']);
    expect((await onCluster('exec', 'node1', 'getent', 'hosts', 'node2')).exitCode).not.toBe(0);
  });

  step('shows the roles that Ganeti gives to nodes: by its pool of candidates, offline, and added again', async () => {
    const roleOf = async (node: string) => {
      const { exitCode, stdout } = await onCluster('status', '--json');
      const { nodes: all } = JSON.parse(stdout) as { readonly nodes: readonly { name: string; role: string }[] };
      return [exitCode, all.find((each) => each.name === node)?.role];
    };
    await gnt('gnt-cluster', 'modify', '--candidate-pool-size=2');
    await gnt('gnt-node', 'modify', '-O', 'yes', 'node4');
    expect(await roleOf('node4.example.com')).toEqual([0, 'offline']);
    await gnt('gnt-node', 'add', '--readd', '--no-ssh-key-check', 'node4');
    await expect.poll(() => roleOf('node4.example.com'), { timeout: 30_000, interval: 1000 }).toEqual([0, 'regular']);
  });

  step('does not give a node an address that an IP pool of Ganeti has given to an instance', async () => {
    await gnt('gnt-network', 'add', '--network=198.18.1.0/29', '--add-reserved-ips=198.18.1.2', 'pool');
    await gnt('gnt-network', 'connect', '-N', 'mode=routed,link=br0', 'pool', 'prod');
    await addInstance('instance3.example.com', '-t', 'diskless', '-n', 'node1', '--net', '0:ip=pool,network=pool');
    expect(await gnt('gnt-instance', 'list', '--no-headers', '-o', 'nic.ip/0', 'instance3')).toBe('198.18.1.5');
    await succeed(['-c', name, 'node', 'add']);
    expect(await gnt('gnt-node', 'list', '--no-headers', '--separator= ', '-o', 'name,pip,role', 'node6')).toBe(
      'node6.example.com 198.18.1.6 R',
    );
    await succeed(['-c', name, 'node', 'rm', 'node6']);
    await gnt('gnt-instance', 'remove', '-f', '--shutdown-timeout=0', 'instance3');
  });

  step('keeps its master', async () => {
    const { exitCode, stderr } = await onCluster('node', 'rm', 'node1');
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/node1\.example\.com is the master.*\nhint: .*vcluster-box master-failover node3/);
  });

  step('finishes adding the current node when interrupted, and reports that', async () => {
    const { program, until } = startCli(['-c', name, 'node', 'add', '-n', '2', '--verbose']);
    await until('gnt-node add');
    program.kill('SIGINT');
    const { exitCode, stderr } = await program;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/error: interrupted; node5\.example\.com was added: the cluster now has 4 nodes$/);
    expect(await vcluster(['up', name, '--verify'])).toExitWith(0);
  });
});

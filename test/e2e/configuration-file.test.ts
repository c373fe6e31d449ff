import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { definitionFiles } from '../support/os-definition.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';
import { succeed } from '../support/e2e-succeed.ts';

const name = testCluster('file');

const cluster = `name: ${name}
nodes:
  - group: rack1
  - { name: store, vmCapable: false }
  - { name: head2, group: rack1 }
  - drained: true
groups:
  - name: rack1
  - { name: rack2, allocPolicy: last_resort }
instances: 4
instanceNames: [web1, web2, web3, db1, db2]
domain: lab.test
os: [mine]
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'e2e-config-'));
  await writeFile(join(folder, 'cluster.yaml'), cluster);
  await using definition = await definitionFiles();
  await cp(definition.path, join(folder, 'mine'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));
const inFolder = (args: readonly string[], input = '') => vcluster(args, { cwd: folder, input, timeout: 600_000 });

describe('an invalid configuration file', () => {
  it('is refused with all its errors, and nothing is created', async () => {
    const broken = `${cluster.replace('instances: 4', 'instances: 9').replace('drained: true', 'drained: 1\n    grup: rack3')}memroy: 2g\n`;
    const { exitCode, stdout, stderr } = await inFolder(['up', '-f', '-', '--ganeti', '4'], broken);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: [
        'error: stdin is invalid:',
        '  stdin:6:14: nodes[3].drained: must be true or false, not 1',
        '  stdin:7:5: nodes[3].grup: unknown option; did you mean group?',
        '  stdin:11:12: instances: 9 requested, but there are only 5 instanceNames',
        '  stdin:15:1: memroy: unknown option; did you mean memory?',
        '  command line: ganeti: must be 3.0 or 3.1, not 4',
        'hint: `vcluster-box config init` prints a file with every option',
      ].join('\n'),
    });
  });
});

describe.skipIf(!dockerAvailable)('a cluster from a configuration file', () => {
  beforeAll(async () => {
    await succeed(['up', '-f', join(folder, 'cluster.yaml'), '--verify']);
  }, 600_000);
  afterAll(async () => {
    await vcluster(['down', name]);
    expect(await leftOf(await testEngine(), name)).toEqual(nothingLeft);
  });

  const rows = async (program: string, fields: string) => {
    const list = [program, 'list', '--no-headers', '--separator= ', '-o', fields];
    return (await vcluster(['-c', name, 'exec', 'node1', ...list])).stdout.split('\n');
  };

  it('has the configured groups, nodes and instances', async () => {
    expect(await rows('gnt-group', 'name,node_cnt,alloc_policy')).toEqual(['rack1 2 preferred', 'rack2 2 last_resort']);
    expect(await rows('gnt-node', 'name,group,role,vm_capable')).toEqual([
      'head2.lab.test rack1 C Y',
      'node1.lab.test rack1 M Y',
      'node4.lab.test rack2 D Y',
      'store.lab.test rack2 C N',
    ]);
    expect(await rows('gnt-instance', 'name,pnode,status')).toEqual([
      'db1.lab.test head2.lab.test running',
      'web1.lab.test node1.lab.test running',
      'web2.lab.test head2.lab.test running',
      'web3.lab.test node1.lab.test running',
    ]);
  });

  it('is left unchanged by the same file, and by equivalent flags', async () => {
    const unchanged = `Cluster ${name} was already running, with 4 nodes; nothing was changed.`;
    const again = await inFolder(['up', '-f', 'cluster.yaml']);
    expect({ exitCode: again.exitCode, first: again.stdout.split('\n')[0] }).toEqual({ exitCode: 0, first: unchanged });
    const flags = await vcluster(['up', name, '--groups', '2', '--instances', '4', '-n', '4']);
    expect(flags.stderr).toContain(
      'groups[0].name is rack1, requested default; groups[1].name is rack2, requested group2',
    );
  });

  it('has the OS definitions next to the file, and gets a changed one', async () => {
    const list = await vcluster(['-c', name, 'exec', 'node1', 'gnt-os', 'list', '--no-headers']);
    expect(list.stdout.split('\n')).toContain('mine');
    await writeFile(join(folder, 'mine', 'create'), '#!/bin/sh\necho changed\n');
    expect(await inFolder(['up', '-f', 'cluster.yaml'])).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('OS definitions installed on all nodes: mine') as string,
    });
    const { stdout } = await vcluster(['-c', name, 'exec', 'store', '/srv/ganeti/os/mine/create']);
    expect(stdout).toBe('changed');
    expect((await inFolder(['up', '-f', 'cluster.yaml'])).stdout).toContain('nothing was changed');
  });

  it('refuses a different file, with each difference and its path', async () => {
    const other = cluster.replace('group: rack1', 'group: rack2').replace('last_resort', 'unallocable');
    const { exitCode, stdout, stderr } = await inFolder(['up', '-f', '-', '--instances', '5'], other);
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain(
      `error: cluster ${name} already exists with different options: nodes[0].group is rack1, requested rack2; ` +
        'groups[1].allocPolicy is last_resort, requested unallocable; instances is 4, requested 5\nhint: ',
    );
  });
});

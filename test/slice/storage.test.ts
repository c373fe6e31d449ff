import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { story } from '../support/story.ts';

const [node1, node2, node3] = ['node1.example.com', 'node2.example.com', 'node3.example.com'];
const [instance1, instance2] = ['instance1.example.com', 'instance2.example.com'];
const storage = '/srv/ganeti/file-storage';
const volumes = '/srv/ganeti/ext-storage';

describe.skipIf(!dockerAvailable).each(['3.0', '3.1'] as const)('storage of nodes, Ganeti %s', (ganeti) => {
  const step = story();
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ ganeti });
    const disk = ['-t', 'file', '--disk', '0:size=16M'];
    await gnt('gnt-instance', 'add', '-o', 'noop', '-n', node1, ...disk, '--tags', 'größe', instance1);
    await lines(`for file in ${storage}/${instance1}/*; do echo hello | dd conv=notrunc of="$file"; done`);
  }, 300_000);
  afterAll(() => slice[Symbol.asyncDispose]());

  step('is below each node’s directory, and Ganeti’s path leads there', async () => {
    expect(await places(instance1)).toEqual({ nodes: [node1], leadsTo: node1 });
    const info = await gnt('gnt-instance', 'info', instance1);
    expect(info).toContain(`['loop', '${storage}/${instance1}/`);
    expect(info).toContain(`on primary: /srv/vcluster/${node1}${storage}/${instance1}/`);
    const used = await gnt('gnt-node', 'list-storage', '-t', 'file', '--no-headers', '-o', 'node,used', '--units=m');
    expect(used.trim().replaceAll(/ +/g, ' ').split('\n').toSorted()).toEqual([
      `${node1} 16`,
      `${node2} 0`,
      `${node3} 0`,
    ]);
  });

  step('allows moving an instance to another node with its data', async () => {
    await gnt('gnt-instance', 'move', '-f', '-n', node2, instance1);
    expect(await places(instance1)).toEqual({ nodes: [node2], leadsTo: node2 });
    expect((await lines(`head -c 5 ${storage}/${instance1}/*`))[0]).toBe('hello');
    expect(await allocatedMiB()).toBeLessThan(8);
  });

  step('allows backups to any node', async () => {
    await gnt('gnt-backup', 'export', '--long-sleep', '-n', node3, instance1);
    expect(await exports()).toEqual([`${node3} ${instance1}`]);
    expect(await lines(`grep ^tags /srv/vcluster/*/var/lib/ganeti/export/${instance1}/config.ini`)).toEqual([
      'tags = größe',
    ]);
    expect(await allocatedMiB()).toBeLessThan(8);
    await gnt('gnt-instance', 'remove', '-f', instance1);
    expect(await places(instance1)).toEqual({ nodes: [], leadsTo: undefined });
  });

  step('allows restoring an instance from a backup on any node', async () => {
    const from = ['--net', '0:mac=generate', '--src-node', node3];
    await gnt('gnt-backup', 'import', ...from, '-t', 'file', '-n', node1, instance1);
    expect(await places(instance1)).toEqual({ nodes: [node1], leadsTo: node1 });
    expect(await allocatedMiB()).toBeLessThan(8);
    await gnt('gnt-backup', 'remove', instance1);
    expect(await exports()).toEqual([]);
    expect(await gnt('gnt-instance', 'list-tags', instance1)).toBe('größe\n');
  });

  step('treats disks whose path was removed as lost, and recreates them', async () => {
    await expect(gnt('gnt-instance', 'recreate-disks', instance1)).rejects.toThrow(/File exists/);
    await gnt(`rm -rf ${storage}/${instance1}`);
    await gnt('gnt-instance', 'recreate-disks', '-n', node2, instance1);
    expect(await places(instance1)).toEqual({ nodes: [node2], leadsTo: node2 });
  });

  step('has an external storage provider', async () => {
    expect(await gnt('gnt-storage', 'diagnose')).toMatch(/^Provider: filevolume$[^]*default --> valid/m);
    await gnt('gnt-instance', 'modify', '-t', 'ext', '--ext-params', 'provider=filevolume', instance1);
    expect(await places(instance1)).toEqual({ nodes: [], leadsTo: undefined });
    expect(await allocatedMiB()).toBeLessThan(8);
    expect(await lines(`cat ${volumes}/*.info`)).toEqual([`originstname+${instance1}`]);
  });

  step('makes volumes available on all nodes', async () => {
    await gnt('gnt-instance', 'start', instance1);
    await gnt('gnt-instance', 'migrate', '-f', '-n', node3, instance1);
    await gnt('gnt-instance', 'grow-disk', instance1, '0', '8M');
    expect(await lines(`stat -c %s ${volumes}/*.disk0`)).toEqual([`${24 * 1024 ** 2}`]);
  });

  step('makes a backup from a snapshot, while the instance runs again', async () => {
    const told = await gnt('gnt-backup', 'export', '-n', node1, instance1);
    expect(told.indexOf('Starting instance')).toBeLessThan(told.indexOf('Exporting snapshot/0'));
    expect(await exports()).toEqual([`${node1} ${instance1}`]);
    expect(await lines(`ls ${volumes}`)).toHaveLength(2);
  });

  step('allows renaming and converting an instance', async () => {
    await gnt('gnt-instance', 'stop', instance1);
    await gnt('gnt-instance', 'modify', '-t', 'file', instance1);
    expect(await allocatedMiB()).toBeLessThan(8);
    await gnt('gnt-instance', 'rename', instance1, instance2);
    expect(await places(instance1)).toEqual({ nodes: [], leadsTo: undefined });
    expect(await places(instance2)).toEqual({ nodes: [node3], leadsTo: node3 });
  });

  step('leaves nothing when the instance is removed', async () => {
    expect(await gnt('gnt-cluster', 'verify')).not.toMatch(/ERROR|WARNING/);
    await gnt('gnt-instance', 'remove', '-f', instance2);
    expect(await lines(`ls -A ${volumes}; ls -A ${storage}`)).toEqual([]);
  });

  it('does not restrict Ganeti to ASCII: text is kept, shown and known to the next master', async () => {
    // Their lowest 8 bits are control characters and quotation marks; the last is two units of UTF-16.
    const tags = ['hällo', 'ăĂĢ', '日本', '𝒳'].toSorted();
    await gnt('gnt-cluster', 'add-tags', ...tags);
    expect((await gnt('gnt-cluster', 'list-tags')).trim().split('\n').toSorted()).toEqual(tags);
    const jobs = await gnt('gnt-job', 'list', '--no-headers', '-o', 'id,ops');
    expect(jobs).toContain('hällo');
    expect((await lines('sort -u /srv/vcluster/*/var/lib/ganeti/ssconf_cluster_tags')).toSorted()).toEqual(tags);
    expect(JSON.parse((await slice.run(['python3', '-c', tagsByRapi])).stdout)).toEqual(tags);
    await gnt('gnt-job', 'autoarchive', '1s');
    const jobFiles = `find /srv/vcluster/*/var/lib/ganeti/queue -maxdepth 1 -name 'job-*'`;
    await expect.poll(() => lines(jobFiles), { timeout: 30_000, interval: 200 }).toEqual([]);
    await slice.gnt(node2, 'gnt-cluster', 'master-failover');
    await slice.gnt(node2, 'gnt-cluster', 'remove-tags', 'hällo');
    const left = (await slice.gnt(node2, 'gnt-cluster', 'list-tags')).trim().split('\n');
    expect(left.toSorted()).toEqual(tags.filter((tag) => tag !== 'hällo'));
  });

  it('was never refused a path by a node: the master sends all of them in the form that nodes expect', async () => {
    const refusals = () => lines(`cat /srv/vcluster/*/var/log/ganeti/node-daemon.log | grep 'is not a virtual path'`);
    expect(await refusals()).toEqual([]);
    // What a node refuses is there.
    await gnt('python3', '-c', sendRealPath);
    expect(await refusals()).toContainEqual(expect.stringContaining("Path '/tmp/real' is not a virtual path"));
  });

  const gnt = (...argv: string[]) => slice.gnt(node1, ...argv);

  async function lines(script: string) {
    const { stdout } = await slice.run(['sh', '-c', script]);
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** Which nodes have a directory of that instance, and to which of them Ganeti's path leads. */
  const places = async (instance: string) => ({
    nodes: (await lines(`ls -d /srv/vcluster/*${storage}/${instance}`)).map((path) => path.split('/')[3]),
    leadsTo: (await lines(`readlink ${storage}/${instance}`))[0]?.split('/')[3],
  });

  /** What the disks of 16 MiB and the exports take on all nodes; a block of 1 MiB with data is written in full. */
  async function allocatedMiB() {
    const places = [`/srv/vcluster/*${storage}`, '/srv/vcluster/*/var/lib/ganeti/export', volumes];
    return Number((await lines(`du -cm ${places.join(' ')} | tail -n 1 | cut -f1`))[0]);
  }

  async function exports() {
    const list = await gnt('gnt-backup', 'list', '--no-headers', '--separator=|');
    return list
      .split('\n')
      .filter((line) => !line.endsWith('|') && line !== '')
      .map((line) => line.replace('|', ' '));
  }
});

/** As the master, asks a node to write a file, without translating its path. */
const sendRealPath = `
import sys
sys.path.insert(0, "/usr/share/ganeti/default")
from ganeti import constants, netutils, serializer
from ganeti.rpc import node as rpc
rpc.Init()
client = rpc._RpcProcessor(lambda names, _: [(name, "198.18.1.2", name) for name in names], netutils.GetDaemonPort(constants.NODED))
body = serializer.DumpJson(["/tmp/real", "", 0, "root", "root", 0, 0])
client(["node2.example.com"], "upload_file_single", {"node2.example.com": body}, 60, None)
`;

const tagsByRapi = `
import base64, json, ssl, urllib.request
context = ssl._create_unverified_context()
password = open("${slicePaths.rapiPassword}").read().strip()
login = base64.b64encode(f"rapi:{password}".encode()).decode()
request = urllib.request.Request("https://198.18.0.1:5080/2/tags", headers={"Authorization": f"Basic {login}"})
print(json.dumps(sorted(json.load(urllib.request.urlopen(request, context=context)))))
`;

import { beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { askRapi } from '../support/e2e-rapi.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { story } from '../support/story.ts';

const name = testCluster('resources');
const cluster = `name: ${name}
nodes:
  - { memory: 8g, cpus: 4, disk: 200g }
  - { memory: 32g }
  - {}
nodeMemory: 16g
nodeCpus: 8
`;

const exec = async (...argv: string[]) => (await succeed(['-c', name, 'exec', 'node1', ...argv])).stdout;
const rows = async (what: string, fields: string) =>
  (await exec(`gnt-${what}`, 'list', '--no-headers', '--units=m', '--separator= ', '-o', fields)).split('\n');
const addInstance = (instance: string, ...options: string[]) =>
  exec('gnt-instance', 'add', '-o', 'noop', '--no-name-check', '--no-ip-check', ...options, instance);

interface RapiNode {
  readonly name: string;
  readonly mtotal: number;
  readonly dtotal: number;
  readonly ctotal: number;
}

describe.skipIf(!dockerAvailable)('nodes of different sizes, from a file', () => {
  const step = story();
  beforeAll(async () => {
    expect(await vcluster(['up', '-f', '-'], { input: cluster, timeout: 600_000 })).toExitWith(0);
    return async () => {
      await vcluster(['down', name]);
    };
  }, 600_000);

  it('have these sizes in Ganeti, in RAPI, and in the output of the cluster', async () => {
    expect(await rows('node', 'name,mtotal,mnode,mfree,dtotal,dfree,ctotal,cnos,cnodes')).toEqual([
      'node1.example.com 8192 128 8064 204800 204800 4 1 1',
      'node2.example.com 32768 512 32256 1048576 1048576 8 1 1',
      'node3.example.com 16384 256 16128 1048576 1048576 8 1 1',
    ]);
    const { rapi } = JSON.parse((await succeed(['info', name, '--json'])).stdout) as {
      readonly rapi: { readonly url: string; readonly password: string };
    };
    const { body } = await askRapi(`${rapi.url}/2/nodes?bulk=1`, rapi.password);
    expect(
      (JSON.parse(body) as readonly RapiNode[]).map(({ mtotal, dtotal, ctotal }) => [mtotal, dtotal, ctotal]),
    ).toEqual([
      [8192, 204_800, 4],
      [32_768, 1_048_576, 8],
      [16_384, 1_048_576, 8],
    ]);
    expect(JSON.parse((await succeed(['status', name, '--json'])).stdout)).toMatchObject({
      nodes: [{ resources: { memoryMiB: 8192, cpus: 4, diskMiB: 204_800 } }, {}, {}],
    });
  });

  it('are used by hail: an instance goes where it fits, and is refused if it fits nowhere', async () => {
    await addInstance('big', '-t', 'file', '--os-size', '10G', '-B', 'memory=12G', '-I', 'hail');
    expect(await rows('instance', 'name,pnode')).toEqual(['big node2.example.com']);
    expect((await rows('node', 'name,mfree,dfree'))[1]).toBe('node2.example.com 19968 1038336');
    await expect(addInstance('bigger', '-t', 'file', '-s', '1G', '-B', 'memory=32G', '-I', 'hail')).rejects.toThrow(
      /No valid allocation solutions, failure reasons: FailMem: 3/,
    );
    await exec('gnt-instance', 'remove', '-f', 'big');
  });

  step(
    'are balanced by hbal, which moves instances away from full nodes',
    async () => {
      const options = ['-t', 'sharedfile', '-s', '1G', '-B', 'memory=2G', '-n', 'node1'];
      await Promise.all(['a', 'b', 'c'].map((instance) => addInstance(instance, ...options)));
      expect(await rows('node', 'name,mfree,pinst_cnt')).toContain('node1.example.com 1920 3');
      const { stdout, stderr } = await succeed(['-c', name, 'exec', 'node1', 'hbal', '-L', '-X']);
      expect(stdout).toMatch(/Cluster score improved from \S+ to \S+\nSolution length=2/);
      expect(stderr).not.toContain('inconsistent');
      expect(await rows('instance', 'status')).toEqual(['running', 'running', 'running']);
      expect(await rows('node', 'name,mfree,pinst_cnt')).toEqual([
        'node1.example.com 6016 1',
        'node2.example.com 30208 1',
        'node3.example.com 14080 1',
      ]);
    },
    240_000,
  );

  step('are used by hspace', async () => {
    const told = await exec('hspace', '-L', '--machine-readable');
    const facts = Object.fromEntries(told.split('\n').map((line) => line.split('=', 2))) as Record<string, string>;
    expect(facts).toMatchObject({
      HTS_CLUSTER_MEM: `${(8 + 32 + 16) * 1024}`,
      HTS_CLUSTER_DSK: `${(200 + 1024 + 1024) * 1024}`,
      HTS_CLUSTER_CPU: '20',
      HTS_INI_MEM_INST: '6144',
      HTS_INI_MEM_FREE: `${6016 + 30_208 + 14_080}`,
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../src/config/parse-cluster-spec.ts';
import { planCluster } from '../../src/plan/plan-cluster.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { configFacts, type Facts } from '../support/config-facts.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { type Slice, startSlice } from '../support/slice.ts';

const nodes = [
  {},
  { name: 'store', vmCapable: false },
  { group: 'rack2', masterCapable: false },
  { name: 'spare', drained: true },
  { offline: true },
];
const groups = [{ name: 'rack1' }, { name: 'rack2', allocPolicy: 'last_resort' }, { name: 'empty' }];
const plan = planCluster(parseClusterSpec({ nodes, groups }, 'test').spec);

/** Ganeti runs it after `gnt-cluster init`, on the master. */
const hook = {
  path: '/etc/ganeti/hooks/cluster-init-post.d/note',
  content: '#!/bin/sh\nenv > /run/init-hook\n',
  mode: 0o755,
};

describe.skipIf(!dockerAvailable)('groups, options of nodes, and hooks of a new cluster', () => {
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ nodes: 5, plan: () => plan, files: [hook] });
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const gnt = (...argv: string[]) => slice.gnt('node1.example.com', ...argv);
  const rows = async (what: string, fields: string) => {
    const text = await gnt(what, 'list', '--no-headers', '--separator=|', '-o', fields);
    return text.trim().split('\n');
  };

  it('run at its end, as after `gnt-cluster init`', async () => {
    const environment = async () => (await slice.run(['cat', '/run/init-hook'])).stdout;
    await expect.poll(environment, { timeout: 30_000 }).toContain('GANETI_OP_CODE=OP_CLUSTER_POST_INIT');
    expect(await environment()).toContain('GANETI_OP_TARGET=cluster.example.com');
  });

  it('match the plan', async () => {
    expect(await rows('gnt-group', 'name,node_cnt,alloc_policy')).toEqual([
      'empty|1|preferred',
      'rack1|2|preferred',
      'rack2|2|last_resort',
    ]);
    expect(await rows('gnt-node', 'name,group,role,master_capable,vm_capable')).toEqual([
      'node1.example.com|rack1|M|Y|Y',
      'node3.example.com|rack2|R|N|Y',
      'node5.example.com|rack1|O|Y|Y',
      'spare.example.com|empty|D|Y|Y',
      'store.example.com|rack2|C|Y|N',
    ]);
  });

  it('are reported with the disk templates that are enabled now', async () => {
    await gnt('gnt-cluster', 'modify', '--enabled-disk-templates=file,ext', '--ipolicy-disk-templates=file,ext');
    const { stdout } = await slice.run([slicePaths.program, 'inventory']);
    expect(JSON.parse(stdout)).toMatchObject({ groups: ['empty', 'rack1', 'rack2'], templates: ['file', 'ext'] });
  });

  it('are reported to be changing while nodes are added or removed', async () => {
    const report = async (...held: string[]) => {
      const { stdout } = await slice.run([...held, slicePaths.program, 'status']);
      return (JSON.parse(stdout) as { readonly problem: unknown }).problem;
    };
    expect(await report('flock', '/run/vcluster-box/nodes.lock')).toBe('nodes are being added or removed');
    expect(await report()).toBeNull();
  });

  it('can be changed while somebody looks whether they are being changed', async () => {
    const code = `
import fcntl, threading
from vcluster_slice.plan import current
file = current._lock_file()
fcntl.flock(file, fcntl.LOCK_SH)
threading.Timer(0.1, file.close).start()
with current.lock():
    print(current.is_locked())`;
    expect(await python(slice, code)).toBe('True\n');
  });

  it('are known to every node', async () => {
    const { stdout } = await slice.run([
      'sh',
      '-c',
      'cat /srv/vcluster/*/var/lib/ganeti/ssconf_nodegroups | cut -d" " -f2',
    ]);
    expect(stdout).toBe('empty\nrack1\nrack2\n'.repeat(5));
  });

  it('pass Ganeti’s own verification', async () => {
    const told = await gnt('gnt-cluster', 'verify');
    expect(told).not.toMatch(/ERROR|WARNING/);
    expect(told).toMatch(/Verifying group 'rack1'/);
  });

  it('have the same form as those of gnt-group add', async () => {
    await gnt('gnt-group', 'add', '--alloc-policy=last_resort', 'theirs');
    const { stdout } = await slice.run(['cat', '/srv/vcluster/node1.example.com/var/lib/ganeti/config.data']);
    const facts = configFacts(stdout);
    expect(factsOf(facts, 'rack2')).toEqual(factsOf(facts, 'theirs'));
    expect(Object.keys(factsOf(facts, 'theirs')).length).toBeGreaterThan(8);
    await gnt('gnt-group', 'remove', 'theirs');
  });
});

function factsOf(facts: Facts, group: string): Facts {
  const start = `config.nodegroups.${group}.`;
  const own = Object.entries(facts).filter(([key]) => key.startsWith(start));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(start.length), value.replaceAll(group, 'GROUP')]));
}

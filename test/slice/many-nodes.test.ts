import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ganetiVersions } from '../../src/config/defaults.ts';
import { configFacts } from '../support/config-facts.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type Slice, startSlice } from '../support/slice.ts';
import { python } from '../support/slice-python.ts';

const master = 'node1.example.com';
const config = `cat ${master}/var/lib/ganeti/config.data`;

/** How a node daemon comes by its modules, as Python. */
const imports = {
  own: `
import os
os.environ.update(GANETI_ROOTDIR="/srv/vcluster/node2.example.com", GANETI_HOSTNAME="node2.example.com")
import vcluster_node
vcluster_node.install()
import ganeti.server.noded, OpenSSL.SSL`,
  shared: `
import os
os.environ["PYTHONPATH"] = ""
from vcluster_slice.nodes import forkserver_process
for rename in forkserver_process._import_noded("/srv/vcluster", f"unnamed-{os.getpid()}"):
    rename("node2.example.com")
del rename`,
};
/** Python: prints all paths below the node's directory, and what still has the placeholder, once for each reference. */
const texts = `
import gc, re
gc.collect()
found = []
seen = set()
pending = gc.get_objects()
while pending:
    for each in gc.get_referents(pending.pop()):
        if type(each) is str and re.fullmatch(rf".*(/node2\\.example\\.com/|unnamed-{os.getpid()}).*", each):
            found.append(each)
        elif type(each) in (dict, tuple) and not gc.is_tracked(each) and id(each) not in seen:
            seen.add(id(each))
            pending.append(each)
print("\\n".join(sorted(found)))`;

/** More than the number of master candidates, which is 10. */
describe.skipIf(!dockerAvailable).each(ganetiVersions)('twelve nodes that joined at once, Ganeti %s', (ganeti) => {
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ ganeti, nodes: 12 });
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const read = async (line: string) => (await slice.run(['bash', '-c', line], { cwd: '/srv/vcluster' })).stdout;

  it('are ten candidates, the master among them, and two others', async () => {
    const roles = (await slice.gnt(master, 'gnt-node', 'list', '--no-headers', '-o', 'role')).split('\n');
    expect(roles.join('')).toBe('MCCCCCCCCCRR');
  });

  it('are listed in their natural order', async () => {
    const names = (await read(`cat ${master}/var/lib/ganeti/ssconf_node_list`)).trim().split('\n');
    expect(names).toEqual(Array.from({ length: 12 }, (_, index) => `node${index + 1}.example.com`));
  });

  it('have every file as Ganeti itself distributes it', async () => {
    const [before, written] = [await fingerprints(), await read(config)];
    await slice.gnt(master, 'gnt-cluster', 'redist-conf');
    expect(await fingerprints()).toEqual(before);
    // In the configuration itself, Ganeti adds the defaults of its fields and increases serial numbers, which are
    // removed here.
    expect(configFacts(await read(config))).toMatchObject(configFacts(written));
    expect(before.length).toBeGreaterThan(12 * 40);
  });

  it('have one configuration, only on the candidates', async () => {
    const copies = (await read('sha256sum */var/lib/ganeti/config.data | cut -d" " -f1')).trim().split('\n');
    expect([copies.length, new Set(copies).size]).toEqual([10, 1]);
  });

  it('pass `gnt-cluster verify` without an error or a warning', async () => {
    const { status, stdout, stderr } = await slice.run([`/srv/vcluster/${master}/cmd`, 'gnt-cluster', 'verify']);
    expect(`${stdout}${stderr}`).not.toMatch(/ERROR|WARNING/);
    expect(stdout).toMatch(/Verifying node status/);
    expect(status).toBe(0);
  });

  it('run confd only on candidates, also after the watcher', async () => {
    expect(await confds()).toEqual(await candidates());
    expect((await slice.run(['/srv/vcluster/watcher-all'])).status).toBe(0);
    expect(await confds()).toEqual(await candidates());
  });

  it('have node daemons that know the same paths as those that import Ganeti themselves', async () => {
    const own = await python(slice, `${imports.own}\n${texts}`);
    expect(await python(slice, `${imports.shared}\n${texts}`)).toBe(own);
    expect(own.split('\n').length).toBeGreaterThan(100);
  });

  describe('with a command on a node that is not the master', () => {
    const list = ['gnt-node', 'list', '--no-headers', '-o', 'name'];
    const onNode2 = (env: Readonly<Record<string, string>>, ...argv: string[]) => {
      const own = { GANETI_ROOTDIR: '/srv/vcluster/node2.example.com', GANETI_HOSTNAME: 'node2.example.com' };
      return slice.run(argv, { env: { ...own, ...env } });
    };

    it('let it ask the master, if requested', async () => {
      const { status, stdout } = await onNode2({ VCLUSTER_BOX_FOLLOW_MASTER: '1' }, ...list);
      expect([status, stdout]).toEqual([0, await slice.gnt(master, ...list)]);
    });

    it('let it submit jobs there', async () => {
      const { status } = await onNode2(
        { VCLUSTER_BOX_FOLLOW_MASTER: '1' },
        'gnt-node',
        'add-tags',
        'node2',
        'followed',
      );
      expect([status, await slice.gnt(master, 'gnt-node', 'list-tags', 'node2')]).toEqual([0, 'followed\n']);
    });

    it.each([{}, { VCLUSTER_BOX_FOLLOW_MASTER: '0' }])('refuse it otherwise, as Ganeti does: %o', async (env) => {
      const { status, stderr } = await onNode2(env, ...list);
      expect([status === 0, stderr]).toEqual([false, expect.stringContaining('This is not the master node')]);
    });
  });

  async function candidates(): Promise<readonly string[]> {
    return (await read(`sort ${master}/var/lib/ganeti/ssconf_master_candidates`)).split('\n');
  }

  async function confds(): Promise<readonly string[]> {
    const line = `for n in *.example.com; do
      pid=$(cat $n/var/run/ganeti/ganeti-confd.pid 2>/dev/null) && [ "$(cat /proc/$pid/comm)" = ganeti-confd ] && echo $n
    done | sort`;
    return (await read(line)).split('\n');
  }

  /** Owner, mode and content of every file that Ganeti keeps for the cluster, except what changes with every job. */
  async function fingerprints(): Promise<readonly string[]> {
    const lasting = passing.map((name) => `! -name '${name}'`).join(' ');
    const owners = await read(`find */etc */var/lib -type f ${lasting} -printf '%p %u:%g %m\\n'`);
    const hashes = await read(`
      find */etc */var/lib -type f ${lasting} ! -name config.data ! -name ${unsorted} -exec sha256sum {} +
      for file in */var/lib/ganeti/${unsorted}; do echo "$(sort $file | sha256sum) $file"; done`);
    return `${owners}${hashes}`.split('\n').toSorted();
  }
});

/** What the job queue and wconfd write for every job, and our note of what Ganeti told a node last. */
const passing = ['job-*', 'serial', 'locks.data', 'tempres.data', 'latest.json'];
/** `gnt-cluster init` and wconfd write two of this file's lines in a different order. */
const unsorted = 'ssconf_hvparams_xen-hvm';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { clusterFacts } from '../support/e2e-facts.ts';
import { complaintsOf, isWell } from '../support/e2e-instance.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { clusterDirectory, readManualPage } from '../support/manual-page.ts';
import { doAll, manualSteps, type ManualShell } from '../support/manual.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';
import { story } from '../support/story.ts';

const versionOf = ['exec', 'node2', 'gnt-cluster', 'version'];

describe.skipIf(!dockerAvailable)('clusters of both versions of Ganeti, side by side', () => {
  const name = testCluster('new');
  let old: SharedCluster;
  beforeAll(async () => {
    old = await sharedCluster();
    await succeed(['up', name, '--ganeti', '3.1', '-n', '2', '--verify']);
  }, 900_000);
  afterAll(() => vcluster(['down', name]));

  it('have the requested versions', async () => {
    const [older, newer] = await Promise.all([old.run(versionOf), vcluster(['-c', name, ...versionOf])]);
    expect(older.stdout).toMatch(/^Software version: 3\.0\.\d/);
    expect(newer.stdout).toMatch(/^Software version: 3\.1\.\d/);
  });

  it('are distinguished by ls', async () => {
    const { stdout } = await vcluster(['ls']);
    expect(stdout).toMatch(new RegExp(`^${old.name} +running +3 +3\\.0 `, 'm'));
    expect(stdout).toMatch(new RegExp(`^${name} +running +2 +3\\.1 `, 'm'));
  });

  it('have their own ports', async () => {
    const urls = await Promise.all([old.name, name].map(async (each) => (await succeed(['info', each])).stdout));
    const ports = urls.map((text) => /^RAPI: +https:\/\/127\.0\.0\.1:(\d+)$/m.exec(text)?.[1]);
    expect(new Set(ports.filter((port) => port !== undefined)).size).toBe(2);
  });

  it('both work in the same way', async () => {
    const { stdout, exitCode } = await vcluster(['status', name]);
    expect({ exitCode, nodes: stdout.match(/^node\d\.example\.com +\w+/gm) }).toEqual({
      exitCode: 0,
      nodes: ['node1.example.com  master', 'node2.example.com  candidate'],
    });
  });

  it("follow Ganeti's manual on virtual clusters, with `exec`: the new one", async () => {
    const shell: ManualShell = async (line) => {
      const words = ['exec', '-w', clusterDirectory, 'node1', 'bash', '-c', line];
      const { exitCode = -1, stdout, stderr } = await vcluster(['-c', name, ...words]);
      return { status: exitCode, stdout, stderr };
    };
    await doAll(manualSteps(await readManualPage(), shell));
  }, 300_000);

  describe('the new one', () => {
    const step = story();
    const run: typeof vcluster = (args, options) => vcluster(['-c', name, ...args], options);
    const on = async (node: string, line: string) =>
      (await succeed(['-c', name, 'exec', node, 'sh', '-c', line])).stdout.trim().replace(/ +/g, ' ');
    const instances = () => on('node1', 'gnt-instance list --no-headers -o name,pnode,status');

    step('has instances that migrate, fail over and are balanced', async () => {
      const add = 'gnt-instance add -o noop --no-name-check --no-ip-check --no-nics -t sharedfile -s 16M -B memory=2G';
      await on('node1', `${add} -n node1 a.example.com && ${add} -n node2 b.example.com`);
      await on('node1', 'gnt-instance migrate -f -n node2 a');
      expect(await instances()).toBe(
        'a.example.com node2.example.com running\nb.example.com node2.example.com running',
      );
      await on('node1', 'gnt-instance failover -f -n node1 a && gnt-instance failover -f -n node1 b');
      expect(await instances()).toBe(
        'a.example.com node1.example.com running\nb.example.com node1.example.com running',
      );
      expect(await on('node1', 'gnt-node list --no-headers --units=m -o mtotal,mfree node1')).toBe('65536 60416');
      expect(await on('node1', 'hbal -L -X')).toContain('Solution length=1');
      expect(await on('node1', 'gnt-node list --no-headers -o pinst_cnt')).toBe('1\n1');
    });

    step('has a master that moves, and nodes that are powered off and on', async () => {
      await on('node1', 'gnt-node migrate -f -n node2 node1');
      expect(await run(['master-failover', 'node2'])).toExitWith(0);
      expect(await on('node1', 'gnt-cluster getmaster')).toBe('node2.example.com');
      await on('node2', 'gnt-node power -f off node1');
      expect((await run(['status'])).stdout).toMatch(/^node1\.example\.com +offline .* off$/m);
      await on('node2', 'gnt-node power on node1 && gnt-node modify -f -O no node1');
    });

    step('is the same after a restart, and Ganeti finds no errors', async () => {
      const before = await clusterFacts({ run });
      expect(before).toMatchObject({ master: 'node2.example.com' });
      expect(await run(['restart'])).toExitWith(0);
      expect(await clusterFacts({ run })).toEqual(before);
      expect(await isWell({ run })).toBe(true);
      expect(await complaintsOf({ run })).toEqual([]);
    });

    step('is refused by RAPI only once after the user has changed the password', async () => {
      const refusals = async () =>
        Number(await on('node2', 'grep -c " 401$" $GANETI_ROOTDIR/var/log/ganeti/rapi-daemon.log || true'));
      const before = await refusals();
      const users = '$GANETI_ROOTDIR/var/lib/ganeti/rapi/users';
      await on(
        'node2',
        `echo 'rapi changed write' >${users}; kill -HUP $(cat $GANETI_ROOTDIR/var/run/ganeti/ganeti-rapi.pid)`,
      );
      for (let count = 0; count < 3; count++) expect(await isWell({ run })).toBe(true);
      expect(await refusals()).toBe(before + 1);
    });
  });

  it('need an existing version', async () => {
    const { exitCode, stderr } = await vcluster(['up', name, '--ganeti', '3.0']);
    expect(exitCode).toBe(125);
    expect(stderr).toContain('ganeti is 3.1, requested 3.0');
  });
});

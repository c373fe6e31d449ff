import { beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

describe.skipIf(!dockerAvailable)('watcher', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);

  const running = /^Running watcher for virtual node (\S+)/gm;
  const watched = (stdout: string) => [...stdout.matchAll(running)].map(([, node]) => node);

  it('restarts a dead daemon of the named node, and runs on no other', async () => {
    const daemon = async () =>
      (
        await cluster.run([
          'exec',
          'node2',
          'sh',
          '-c',
          'kill -0 $(cat $GANETI_ROOTDIR/var/run/ganeti/ganeti-confd.pid)',
        ])
      ).exitCode;
    await cluster.run(['exec', 'node2', 'sh', '-c', 'kill -9 $(cat $GANETI_ROOTDIR/var/run/ganeti/ganeti-confd.pid)']);
    await expect.poll(daemon).toBe(1);
    const ran = await cluster.run(['watcher', 'node2', '--', '--ignore-pause']);
    expect(ran).toExitWith(0);
    expect(watched(ran.stdout)).toEqual(['node2.example.com']);
    expect(await daemon()).toBe(0);
  });

  it('runs on all nodes if none is named', async () => {
    const ran = await cluster.run(['watcher']);
    expect(ran).toExitWith(0);
    expect(watched(ran.stdout)).toEqual([1, 2, 3].map((number) => `node${number}.example.com`));
  });
});

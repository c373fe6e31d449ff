import { beforeAll, describe, expect } from 'vitest';
import { containerName } from '../../src/plan/names.ts';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { docker } from '../support/e2e-docker.ts';
import { countInside, expectGone } from '../support/e2e-inside.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';
import { ended, startVcluster, untilPrinted } from '../support/e2e-process.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { story } from '../support/story.ts';

const name = testCluster('changed');
const run: typeof vcluster = (args, options) => vcluster(['-c', name, ...args], options);
const cluster = { name, container: containerName(name, 1), run };
const container = async () => (await docker()).getContainer(cluster.container);

/** From now on, the slice's program never ends when it unpacks copied files. */
const neverUnpack = `
set -e
cd /usr/sbin
mv vcluster-slice vcluster-slice.real
printf '#!/bin/sh\\n[ "$1" != unpack ] || exec sleep 601\\nexec "$0.real" "$@"\\n' >vcluster-slice
chmod 755 vcluster-slice`;

/** Starts `exec`, `logs -f` and `cp`, and waits until each is in the middle of its work. */
async function startAll() {
  const start = (...args: string[]) => {
    const child = startVcluster(['-c', name, ...args]);
    return { child, end: ended(child) };
  };
  const exec = start('exec', 'node1', 'sh', '-c', 'echo begun; sleep 600');
  const logs = start('logs', '-f', 'node1');
  const cp = start('cp', import.meta.filename, 'node1:/srv/');
  await Promise.all([untilPrinted(exec.child, 'begun'), untilPrinted(logs.child, 'node1')]);
  // What watches over `exec` starts a moment later.
  for (const words of ['KILL at-eof', '^sleep 601'])
    await expect.poll(() => countInside(cluster, words), { timeout: 20_000 }).toBe(1);
  return {
    interrupt: () => [exec, logs, cp].map(({ child }) => child.kill('SIGINT')),
    ends: async () => {
      const [one, two, three] = await Promise.all([exec.end, logs.end, cp.end]);
      return { exec: [one.status, one.stderr], logs: [two.status, two.stderr], cp: [three.status, three.stderr] };
    },
  };
}

/** What each says when that happens to the slice meanwhile: a regular expression. */
const endsWhen = (change: string) => {
  const says = (before: string, after: string) =>
    expect.stringMatching(new RegExp(`^${before}cluster ${name} was (${change}); ${after}\n$`)) as string;
  return {
    exec: [125, says('error: ', 'sh ended with it')],
    logs: [0, says('', 'its logs end here')],
    cp: [125, says('error: ', 'nothing was copied')],
  };
};

const isChanging = expect.stringContaining('nodes are being added or removed') as string;

describe.skipIf(!dockerAvailable)('a slice to which something happens while commands use it', () => {
  const step = story();
  beforeAll(async () => {
    await succeed(['up', name, '-n', '1']);
    return async () => {
      await vcluster(['down', name]);
    };
  }, 300_000);

  step('gets one of two nodes that are added at once, or both, and status works meanwhile', async () => {
    const adding = [run(['node', 'add']), run(['node', 'add'])];
    const state = { adding: true };
    void Promise.all(adding).then(() => (state.adding = false));
    while (state.adding) {
      const { exitCode, stdout, stderr } = await run(['status']);
      expect(stdout).toMatch(/^node1\.example\.com +master /m);
      if (exitCode !== 0) expect([exitCode, stdout, stderr]).toEqual([1, isChanging, '']);
    }
    const results = await Promise.all(adding);
    const refused = results.filter(({ exitCode }) => exitCode !== 0);
    expect(refused.length).toBeLessThan(2);
    const refusal =
      /^error: (nodes are being added or removed|.* already exists\nhint: another `node add` has added it)/m;
    for (const { exitCode, stderr } of refused)
      expect({ exitCode, stderr }).toEqual({ exitCode: 125, stderr: expect.stringMatching(refusal) as string });
    const nodes = 3 - refused.length;
    expect(JSON.parse((await run(['info', '--json'])).stdout)).toMatchObject({ nodes });
    expect((await run(['exec', 'node1', 'gnt-node', 'list', '--no-headers'])).stdout.split('\n')).toHaveLength(nodes);
    expect(await vcluster(['up', name, '--verify'])).toExitWith(0);
  });

  step('docker pause: the first Ctrl-C ends the commands, and nothing of exec is left', async () => {
    await succeed(['-c', name, 'exec', 'node1', 'sh', '-c', neverUnpack]);
    const all = await startAll();
    await (await container()).pause();
    all.interrupt();
    expect(await all.ends()).toEqual({
      exec: [130, `error: interrupted; cluster ${name} is paused, and sh ends when it is resumed\n`],
      logs: [130, ''],
      cp: [130, `error: interrupted; cluster ${name} is paused, and the copy ends when it is resumed\n`],
    });
    await (await container()).unpause();
    await expectGone(cluster, '^sleep 600');
    // What the copy began runs on.
    await succeed(['-c', name, 'exec', 'node1', 'pkill', '-f', '^sleep 601']);
    await expectGone(cluster, '^sleep 601');
  });

  step('docker kill: each says so in one sentence', async () => {
    const all = await startAll();
    await (await container()).kill();
    expect(await all.ends()).toEqual(endsWhen('stopped'));
    await succeed(['up', name]);
  });

  step('docker stop: each says so in one sentence', async () => {
    const all = await startAll();
    await (await container()).stop({ t: 30 });
    expect(await all.ends()).toEqual(endsWhen('stopped'));
    await succeed(['up', name]);
  });

  step('docker restart: each says so in one sentence', async () => {
    const all = await startAll();
    await (await container()).restart({ t: 30 });
    // Between stop and start, it is stopped.
    expect(await all.ends()).toEqual(endsWhen('restarted|stopped'));
    await succeed(['up', name]);
  });

  step('docker rm -f: each says so in one sentence', async () => {
    const all = await startAll();
    await (await container()).remove({ force: true });
    // The engine kills it first.
    expect(await all.ends()).toEqual(endsWhen('removed|stopped'));
    await succeed(['down', name]);
    expect(await leftOf(await testEngine(), name)).toEqual(nothingLeft);
  });
});

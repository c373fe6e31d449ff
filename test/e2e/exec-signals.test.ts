import { beforeAll, describe, expect, it, vi } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { countInside, expectGone, uniqueSeconds } from '../support/e2e-inside.ts';
import { ended, startVcluster, untilPrinted } from '../support/e2e-process.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

describe.skipIf(!dockerAvailable)('a signal to exec', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);
  const start = (script: string) => startVcluster(['-c', cluster.name, 'exec', 'node2', 'sh', '-c', script]);

  it.each(signals)('%s ends the command and all its processes with status %i', async (signal, status) => {
    const duration = uniqueSeconds();
    const child = start(`echo begun; sleep ${duration} | sleep ${duration}`);
    const end = ended(child);
    await untilPrinted(child, 'begun');
    await vi.waitFor(
      async () => {
        expect(await countInside(cluster, `^sleep ${duration}`)).toBe(2);
      },
      { timeout: 10_000 },
    );
    child.kill(signal);
    expect(await end).toEqual({ status, stdout: 'begun\n', stderr: '' });
    await expectGone(cluster, duration);
  });

  it('can be handled by the command', async () => {
    const child = start('trap "echo caught it; exit 7" INT; echo begun; while :; do sleep 0.1; done');
    const end = ended(child);
    await untilPrinted(child, 'begun');
    child.kill('SIGINT');
    expect(await end).toEqual({ status: 7, stdout: 'begun\ncaught it\n', stderr: '' });
  });

  it('kills a command that does not end at the third signal', async () => {
    const mark = uniqueSeconds();
    const child = start(`: ${mark}; trap "echo no" INT; echo begun; while :; do sleep 0.1; done`);
    const end = ended(child);
    await untilPrinted(child, 'begun');
    child.kill('SIGINT');
    await untilPrinted(child, 'no');
    child.kill('SIGINT');
    await untilPrinted(child, 'no');
    child.kill('SIGINT');
    // 137 from the command itself, or 130 if it takes too long to die.
    expect([137, 130]).toContain((await end).status);
    await expectGone(cluster, mark);
  });
});

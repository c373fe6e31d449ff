import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { expectGone } from '../support/e2e-inside.ts';
import { startVcluster, untilPrinted } from '../support/e2e-process.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

interface Entry {
  readonly time: string | null;
  readonly node: string | null;
  readonly log: string;
  readonly text: string;
}

const nodes = ['node1.example.com', 'node2.example.com', 'node3.example.com'];

describe.skipIf(!dockerAvailable)('logs', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);

  const lines = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await cluster.run(['logs', ...args]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout === '' ? [] : stdout.split('\n');
  };
  const entries = async (...args: string[]) =>
    (await lines('--json', ...args)).map((line) => JSON.parse(line) as Entry);
  /** Runs a job on the master, node1, which logs its name. */
  const logJob = async () => {
    const { exitCode } = await cluster.run(['exec', 'node1', 'gnt-debug', 'delay', '0.1']);
    expect(exitCode).toBe(0);
  };
  const mark = 'opcode TEST_DELAY';
  const follower = 'follow /srv/vcluster/node1.example.com';
  const follow = (...args: string[]) => startVcluster(['logs', '-c', cluster.name, '-f', ...args]);
  const status = async (child: ChildProcessWithoutNullStreams) => {
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  };

  it('prints the logs of all nodes and of the slice, sorted by time, each line with its node and log', async () => {
    const names = (await lines()).map((line) => /^(\w+) +\S+ {2}/.exec(line)?.[1]);
    expect(new Set(names)).toEqual(new Set(['slice', 'node1', 'node2', 'node3']));
    // If the nodes came one after another, each name would begin once.  A new cluster has few lines.
    expect(names.filter((name, index) => name !== names[index - 1]).length).toBeGreaterThan(2 * 4);
    const times = (await entries()).map(({ time }) => time ?? '');
    expect(times).toEqual(times.toSorted());
  });

  it('selects by NODE and DAEMON', async () => {
    const ofNode = await entries('node2');
    expect(new Set(ofNode.map(({ node }) => node))).toEqual(new Set(['node2.example.com']));
    expect(ofNode.map(({ log }) => log)).toEqual(expect.arrayContaining(['noded', 'confd', 'mond']));
    for (const line of await lines('node3.example.com', 'noded')) expect(line).toMatch(/^node3 {2}noded {2}/);
    const daemons = await entries('ganeti-noded');
    expect(new Set(daemons.map(({ log }) => log))).toEqual(new Set(['noded']));
    expect(new Set(daemons.map(({ node }) => node))).toEqual(new Set(nodes));
  });

  it('prints the slice’s own log in readable form', async () => {
    const all = await lines('slice');
    for (const line of all) expect(line).toMatch(/^slice {2}slice {2}/);
    expect(all.join('\n')).toMatch(/: ok .*Initialising the cluster/);
  });

  it('--tail prints the last lines of each log, --since no older ones', async () => {
    await logJob();
    const last = await entries('noded', '--tail', '1');
    expect(last.map(({ node }) => node).sort()).toEqual(nodes);
    const recent = (await entries('node1', 'jobs', '--tail', '9')).find(({ text }) => text.includes(mark));
    expect(recent).toMatchObject({ node: 'node1.example.com', log: 'jobs' });
    const since = await entries('node1', 'jobs', '--since', recent?.time ?? '');
    expect(since.some(({ text }) => text.includes(mark))).toBe(true);
    expect(since.filter(({ time }) => (time ?? '') < (recent?.time ?? ''))).toEqual([]);
    expect(await lines('--since', '2999-01-01T00:00:00Z')).toEqual([]);
  });

  it('-f prints new lines until SIGINT, then exits with 130 and leaves no process in the slice', async () => {
    const child = follow('node1', 'jobs', '--tail', '1');
    const ended = status(child);
    await untilPrinted(child, 'node1  jobs');
    const printed = untilPrinted(child, mark);
    await logJob();
    await printed;
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    await expectGone(cluster, follower);
  });

  it('-f exits with 141 when the reader closes the pipe, and leaves no process in the slice', async () => {
    const child = follow();
    const ended = status(child);
    await untilPrinted(child, 'node1');
    child.stdout.destroy();
    // As with `tail -f`, the next line hits the closed pipe.
    await logJob();
    expect(await ended).toBe(141);
    await expectGone(cluster, follower);
  });
});

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { countInside, expectGone, uniqueSeconds } from '../support/e2e-inside.ts';
import { ended, startVcluster } from '../support/e2e-process.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';

describe.skipIf(!dockerAvailable)('exec --all', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);
  const all = (...words: string[]) => cluster.run(['exec', '--all', ...words]);
  const nodes = [1, 2, 3];

  it('runs on each node, prefixes lines with its name, and keeps the streams apart', async () => {
    const { stdout, stderr, exitCode } = await all('sh', '-c', 'echo "$GANETI_HOSTNAME"; echo story >&2; printf end');
    expect({ exitCode, stdout: stdout.split('\n').sort(), stderr: stderr.split('\n').sort() }).toEqual({
      exitCode: 0,
      stdout: nodes.flatMap((n) => [`node${n} | end`, `node${n} | node${n}.example.com`]),
      stderr: nodes.map((n) => `node${n} | story`),
    });
  });

  it('exits with the highest status', async () => {
    const { stdout, stderr, exitCode } = await all('bash', '-c', 'exit ${GANETI_HOSTNAME:4:1}');
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: '',
      stderr: 'exit status 1: node1; 2: node2; 3: node3',
      exitCode: 3,
    });
  });

  it('runs Ganeti’s commands on all nodes and prints JSON', async () => {
    const { stdout, exitCode } = await all('--json', 'gnt-cluster', 'getmaster');
    const expected = nodes.map((n) => {
      return { node: `node${n}.example.com`, status: 0, stdout: 'node1.example.com\n', stderr: '' };
    });
    expect({ exitCode, results: JSON.parse(stdout) as unknown }).toEqual({ exitCode: 0, results: expected });
  });

  it('forwards signals to all nodes', async () => {
    const duration = uniqueSeconds();
    const child = startVcluster(['-c', cluster.name, 'exec', '--all', 'sleep', duration]);
    const end = ended(child);
    await vi.waitFor(
      async () => {
        expect(await countInside(cluster, `^sleep ${duration}`)).toBe(3);
      },
      { timeout: 10_000 },
    );
    child.kill('SIGTERM');
    expect(await end).toEqual({ status: 143, stdout: '', stderr: 'exit status 143: node1, node2, node3\n' });
    await expectGone(cluster, duration);
  });

  it('ends all commands, even silent ones, when the reader closes the pipe', async () => {
    const duration = uniqueSeconds();
    const script = `[ "$GANETI_HOSTNAME" = node2.example.com ] || exec sleep ${duration}; exec yes ${duration}`;
    const child = startVcluster(['-c', cluster.name, 'exec', '--all', 'sh', '-c', script]);
    const closed = new Promise((resolve) => child.on('close', resolve));
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await closed).toBe(141);
    await expectGone(cluster, duration);
  });
});

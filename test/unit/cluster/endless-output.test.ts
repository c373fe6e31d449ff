import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { takeOver } from '../../../src/cluster/master-failover/take-over.ts';
import { verifyCluster } from '../../../src/cluster/up/verify.ts';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeSlice } from '../../support/fake-slice.ts';
import type { FakeState } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const mebibyte = 2 ** 20;
const part = Buffer.alloc(mebibyte, 'x');
/** More than one string can have in Node. */
const many = 520;

/** A command that writes one endless line, and fails. */
const floods =
  (stream: 'stdout' | 'stderr' = 'stdout'): FakeState['onExec'] =>
  (_container, _command, streams) => {
    for (let count = 0; count < many; count++) streams[stream].write(part);
    return 1;
  };

/** A running cluster of three nodes. */
function clusterThatFloods(command: string, stream?: 'stdout' | 'stderr') {
  const { engine } = fakeSlice();
  const usual = engine.state.onExec;
  engine.state.onExec = (container, given, streams) =>
    given.argv[1] === command ? floods(stream)(container, given, streams) : usual(container, given, streams);
  return engine;
}

/** A stopped cluster of one node, whose noded has written so many MiB, with that line end, and then a line. */
function clusterWithHugeLog(parts: number, lineEnd = '') {
  const engine = fakeEngine({ containers: [fakeCluster('demo', 1, { state: 'exited' })] });
  const last = Buffer.from('\n2024-05-17 08:11:00,000: the last line\n');
  const line = Buffer.concat([part.subarray(lineEnd.length), Buffer.from(lineEnd)]);
  const readArchive = (_container: string, path: string) => {
    const tar = pack();
    const fill = async () => {
      if (path.includes('/log/')) {
        const entry = tar.entry({ name: 'node-daemon.log', size: parts * line.length + last.length });
        for (let count = 0; count < parts; count++) if (!entry.write(line)) await once(entry, 'drain');
        entry.end(last);
      }
      tar.finalize();
    };
    void fill();
    return Promise.resolve(Readable.from(tar, { objectMode: false }));
  };
  const inspectPath = () => Promise.resolve({ type: 'directory', target: '', size: 0, modifiedAt: 0 } as const);
  return { ...engine, readArchive, inspectPath };
}

describe('a slice whose command writes a line without end', () => {
  it.each([
    [['node', 'add'], 'add-node', 'stdout', 'add-node in container vcluster-box-demo-1 failed'],
    [['node', 'add'], 'add-node', 'stderr', 'add-node in container vcluster-box-demo-1 failed'],
    [['logs', '-f', 'node1'], 'follow', 'stdout', 'container vcluster-box-demo-1 cannot follow its logs'],
    [['logs', '-f', 'node1'], 'follow', 'stderr', 'container vcluster-box-demo-1 cannot follow its logs'],
  ] as const)('%o reports that %s failed, which wrote to %s', async (args, command, stream, message) => {
    const { status, stderr } = await runCli(args, { engine: clusterThatFloods(command, stream) });
    expect(status).toBe(125);
    expect(stderr).toContain(`error: ${message} (exit status 1)\n`);
    expect(stderr.length).toBeLessThan(11 * mebibyte);
  });

  it('master-failover reports that it failed', async () => {
    const engine = clusterThatFloods('master-failover');
    const target = { container: 'vcluster-box-demo-1', directory: '/x', names: ['node2'], cluster: 'demo' };
    const voting = { nodes: 3, answering: 3, needed: 2, master: 'node1', leading: 'node1', believed: new Map() };
    const { signal } = new AbortController();
    const lengths = new Set<number>();
    const onLine = (line: string) => lengths.add(line.length);
    const failover = takeOver(engine, target, { voting, noVoting: false, onLine, signal });
    await expect(failover).rejects.toThrow('node2 did not become the master (gnt-cluster master-failover: status 1)');
    expect(Math.max(...lengths)).toBe(mebibyte);
  });

  it('up --verify reports that it failed', async () => {
    const engine = fakeEngine({ containers: [fakeCluster('demo', 3)], onExec: floods() });
    const plan = planCluster(parseClusterSpec({ nodes: 3 }, 'test').spec);
    const verified = verifyCluster([{ number: 1, engine, container: 'vcluster-box-demo-1' }], plan);
    await expect(verified).rejects.toThrow('gnt-cluster verify reported problems (exit status 1)');
  });
});

describe('a huge log', () => {
  it.each([
    ['of one line', many, ''],
    ['of many lines', 80, '\n'],
  ])('%s is shown only in part by logs, which says so', async (_name, parts, lineEnd) => {
    const { status, stdout, stderr } = await runCli(['logs'], { engine: clusterWithHugeLog(parts, lineEnd) });
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringMatching(/^warning: logs are incomplete: they have more than 32 MiB.*\n$/) as string,
    });
    expect(stdout).toContain('the last line');
    expect(stdout.length).toBeLessThan(33 * mebibyte);
    expect(stdout.length).toBeGreaterThan(30 * mebibyte);
  });

  it('is shown without a warning if only a part is selected', async () => {
    const { stdout, stderr } = await runCli(['logs', '--tail', '1'], { engine: clusterWithHugeLog(80, '\n') });
    expect([stdout, stderr]).toEqual(['node1  noded  2024-05-17 08:11:00,000: the last line\n', '']);
  });

  it('is exported only in part by logs export, which says so', async () => {
    const here = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
    const { status, stderr } = await runCli(['logs', 'export', join(here, 'out')], {
      engine: clusterWithHugeLog(many),
    });
    expect(status).toBe(0);
    const path = 'slice1/nodes/node1.example.com/log/node-daemon.log';
    expect(stderr).toContain(`not collected: the beginning of ${path}: it has 545 MB\n`);
    expect(await readFile(join(here, 'out', path), 'utf8')).toBe('2024-05-17 08:11:00,000: the last line\n');
    await rm(here, { recursive: true });
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine, type FakeEngine } from '../../support/fake-engine.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import type { FakeContainer } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const changes: readonly [string, Partial<FakeContainer> | undefined][] = [
  ['stopped', { state: 'exited' }],
  ['restarted', { startedAt: '2024-01-01T01:00:00Z' }],
  ['removed', undefined],
];

/** An engine on which that happens to the slice when something runs in it. */
function demo(to: Partial<FakeContainer> | undefined, onExec: () => number | Promise<number>): FakeEngine {
  const cluster = fakeCluster('lab', 2);
  cluster.files.set('/srv/here', Buffer.of());
  const engine = fakeEngine({ containers: [cluster] });
  engine.state.onExec = async () => {
    await vi.waitFor(() => {
      expect(engine.calls.map(({ method }) => method)).toContain('inspectContainer');
    }, 5000);
    engine.state.containers = engine.state.containers.flatMap((one) => (to === undefined ? [] : { ...one, ...to }));
    return onExec();
  };
  return engine;
}

const killed = () => 137;
const refused = () => Promise.reject(new EngineError('no such container'));

describe.each(changes)('when the cluster is %s meanwhile,', (change, to) => {
  it.each([
    ['was killed', killed],
    ['cannot be found any more', refused],
  ])('exec says so, whose command %s', async (_how, onExec) => {
    const result = await runCli(['exec', 'node1', 'sleep', '9'], { engine: demo(to, onExec) });
    expect(result).toMatchObject({ status: 125, stderr: `error: cluster lab was ${change}; sleep ended with it\n` });
  });

  it('logs -f ends with one sentence', async () => {
    const result = await runCli(['logs', '-f', 'node1'], { engine: demo(to, killed) });
    expect(result).toMatchObject({ status: 0, stderr: `cluster lab was ${change}; its logs end here\n` });
  });

  describe('cp', () => {
    let here: string;
    beforeAll(async () => {
      here = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
      await writeFile(join(here, 'file'), 'content');
    });
    afterAll(() => rm(here, { recursive: true }));

    it.each([killed, refused])('says that nothing was copied', async (onExec) => {
      const result = await runCli(['cp', join(here, 'file'), 'node1:/srv/'], { engine: demo(to, onExec) });
      expect(result).toMatchObject({ status: 125, stderr: `error: cluster lab was ${change}; nothing was copied\n` });
    });
  });
});

it('cp ends at the first Ctrl-C when the cluster is paused while the slice unpacks the files', async () => {
  const signals = fakeSignals();
  const cluster = fakeCluster('lab', 1);
  cluster.files.set('/srv/here', Buffer.of());
  const engine = fakeEngine({ containers: [cluster] });
  engine.state.onExec = (_container, { argv, signal }) => {
    if (!argv.includes('unpack')) throw new EngineError('the container is paused');
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      engine.state.containers = engine.state.containers.map((one) => ({ ...one, state: 'paused' }));
      signals.send('SIGINT');
    });
  };
  expect(await runCli(['cp', import.meta.filename, 'node1:/srv/'], { engine, signals })).toMatchObject({
    status: 130,
    stderr: 'error: interrupted; cluster lab is paused, and the copy ends when it is resumed\n',
  });
});

it('exec reports that the command was killed when its slice still runs', async () => {
  expect(await runCli(['exec', 'node1', 'x'], { engine: demo({}, killed) })).toMatchObject({ status: 137, stderr: '' });
});

it.each([
  ['Ctrl-C', []],
  ['Ctrl-C as a key', ['-it']],
])('exec ends at the first %s when the cluster is paused', async (_name, flags) => {
  const signals = fakeSignals();
  const engine = fakeEngine({ containers: [fakeCluster('lab', 1)] });
  engine.state.onExec = (_container, { argv: [program], signal }, { stdin }) => {
    if (program === slicePaths.signalExec) throw new EngineError('the container is paused');
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      engine.state.containers = engine.state.containers.map((one) => ({ ...one, state: 'paused' }));
      if (stdin === undefined) signals.send('SIGINT');
      else stdin.resume();
    });
  };
  const terminal = { stdin: true, stdout: true };
  const args = ['exec', ...flags, 'node1', 'sleep', '9'];
  expect(await runCli(args, { engine, signals, terminal, stdin: 'x\u0003' })).toMatchObject({
    status: 130,
    stderr: 'error: interrupted; cluster lab is paused, and sleep ends when it is resumed\n',
  });
});

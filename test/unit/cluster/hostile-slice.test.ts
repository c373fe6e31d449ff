import { afterEach, describe, expect, it, vi } from 'vitest';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine, type FakeEngine } from '../../support/fake-engine.ts';
import type { FakeState } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Two clusters; in one of them, the slice does as it likes. */
function engineWith(
  onExec: FakeState['onExec'],
  files: FakeState['containers'][number]['files'] = new Map(),
): FakeEngine {
  const bad = fakeCluster('bad', 1);
  return fakeEngine({
    containers: [{ ...bad, health: 'unhealthy', files: new Map([...bad.files, ...files]) }, fakeCluster('good', 2)],
    onExec,
  });
}

const says =
  (text: string): FakeState['onExec'] =>
  (_container, _command, { stdout }) => {
    stdout.write(text);
    return 0;
  };

/** Until the command is aborted. */
const hangs: FakeState['onExec'] = (_container, { signal }) =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

const floods: FakeState['onExec'] = (_container, { signal }, { stdout }) => {
  for (let megabytes = 0; megabytes < 600; megabytes++) {
    stdout.write(Buffer.alloc(2 ** 20, 'x'));
    signal?.throwIfAborted();
  }
  return 0;
};

describe('a slice that', () => {
  it('hangs is named by status within seconds, and is unhealthy in ls, which shows the others', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const running = [
      runCli(['status', 'bad'], { engine: engineWith(hangs) }),
      runCli(['ls'], { engine: engineWith(hangs) }),
    ];
    // Before its timer exists, each command does other things that take real time.
    const clock = setInterval(() => vi.advanceTimersByTime(1000), 5);
    const [status, ls] = await Promise.all(running);
    clearInterval(clock);
    expect(status).toMatchObject({
      status: 125,
      stderr: 'error: `/usr/sbin/vcluster-slice status` in container vcluster-box-bad-1 did not end within 20 s\n',
    });
    expect(ls?.stdout).toMatch(/^bad +unhealthy +1 .*\ngood +running +2 /m);
  });

  it('writes 600 MB is named, and its output is not kept', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const { status, stderr } = await runCli(['status', 'bad'], { engine: engineWith(floods) });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 2 ** 20);
    expect([status, stderr]).toEqual([
      125,
      'error: `/usr/sbin/vcluster-slice status` in container vcluster-box-bad-1 writes too much\n',
    ]);
  });

  it.each([
    ['{"ready":', 'it is not JSON'],
    ['null', 'it is null, not an object'],
    ['{"ready":true,"rapi":1}', 'rapi is number, not a boolean'],
  ])('answers %s is named', async (text, problem) => {
    const { status, stderr } = await runCli(['status', 'bad'], { engine: engineWith(says(text)) });
    expect([status, stderr]).toEqual([
      125,
      `error: \`vcluster-slice status\` in container vcluster-box-bad-1 gave an invalid answer: ${problem}\n`,
    ]);
  });

  it('logs something that only looks like an event has it shown unchanged', async () => {
    const text = '{"type":"failed","log":5}';
    const bad = fakeCluster('bad', 1, { logs: [{ stream: 'stdout', text }] });
    const { status, stdout } = await runCli(['logs', '-c', 'bad'], { engine: fakeEngine({ containers: [bad] }) });
    expect([status, stdout]).toEqual([0, `slice  slice  ${text}\n`]);
  });

  it.each(['{', 'null', '{"version":1,"nodes":[1]}', '{"version":1,"nodes":[{"names":"x"}]}'])(
    'has the plan %s is named by info, and does not hide the others in ls',
    async (plan) => {
      const engine = engineWith(() => 0, new Map([[slicePaths.plan, Buffer.from(plan)]]));
      const ls = await runCli(['ls'], { engine });
      expect(ls.stdout).toMatch(/^bad +running +- .*\ngood +running +2 /m);
      for (const command of ['info', 'status']) {
        const { status, stderr } = await runCli([command, 'bad'], { engine });
        expect(status).toBe(125);
        expect(stderr).toMatch(/^error: cluster bad has a plan that this version of vcluster-box cannot read\n/);
      }
    },
  );
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { type Slice, startSlice } from '../support/slice.ts';

const patience = { timeout: 60_000, interval: 200 };
const watchedEvery = (seconds: number) => (plan: Plan) => ({ ...plan, watcher: { intervalSeconds: seconds } });
/** A proxy that no daemon can reach, a locale that does not exist, and what changes how programs run. */
const environment = {
  ...{ HTTPS_PROXY: 'http://192.0.2.1:3128', https_proxy: 'http://192.0.2.1:3128', LC_ALL: 'xx_XX' },
  ...{ LD_PRELOAD: 'libm.so.6', PYTHONPATH: '/xx' },
};
const directory = (node: number) => `/srv/vcluster/node${node}.example.com/var`;

describe.skipIf(!dockerAvailable)('the watcher of a slice', () => {
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ plan: watchedEvery(2), settings: { env: environment } });
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const read = async (path: string) => (await slice.run(['cat', path])).stdout;
  /** How often it has run on a node, by its log. */
  const runs = async (node: number) =>
    (await read(`${directory(node)}/log/ganeti/watcher.log`)).split('check-and-start ganeti-noded').length - 1;

  it.each([
    [3, 'noded'],
    [1, 'luxid'],
  ])('restarts a dead daemon: on node%i, %s', async (node, daemon) => {
    const pidFile = `${directory(node)}/run/ganeti/ganeti-${daemon}.pid`;
    const before = await read(pidFile);
    await slice.run(['kill', '-KILL', before.trim()]);
    const anotherRuns = async () => /^\d+\n$/.test(await read(pidFile)) && (await read(pidFile)) !== before;
    await expect.poll(anotherRuns, patience).toBe(true);
  });

  it('is not misled by a proxy: RAPI keeps running, and no daemon has the container’s environment', async () => {
    const turns = await runs(1);
    await expect.poll(() => runs(1), patience).toBeGreaterThan(turns);
    const pid = () => read(`${directory(1)}/run/ganeti/ganeti-rapi.pid`);
    const before = await pid();
    await slice.gnt('node1.example.com', 'ganeti-watcher', '--no-wait-children');
    const now = await runs(1);
    await expect.poll(() => runs(1), patience).toBeGreaterThan(now);
    expect(await pid()).toBe(before);
    const daemons = 'for pid in $(pgrep "ganeti-(noded|mond)"); do tr "\\0" "\\n" </proc/$pid/environ; done | sort -u';
    const { stdout } = await slice.run(['sh', '-c', daemons]);
    expect(stdout).toContain('GANETI_ROOTDIR=/srv/vcluster/node1.example.com\nGANETI_ROOTDIR');
    expect(stdout).not.toMatch(/proxy|xx|libm/i);
  });

  it('is followed by the cleaner, once a day, as Debian’s cron runs it', async () => {
    const logs = `stat -c '%n %U' ${directory(3)}/log/ganeti/*cleaner/* | sed 's|.*ganeti/||; s|-20.* | |' | sort`;
    const cleaned = async () => (await slice.run(['sh', '-c', logs])).stdout;
    await expect.poll(cleaned, patience).toBe('cleaner/cleaner root\nmaster-cleaner/cleaner gnt-masterd\n');
  });

  it('leaves a stopped node stopped', async () => {
    await slice.run(['vcluster-slice', 'stop', 'node2']);
    // A watcher might have been running on node2; it has ended when another node has had its turn.
    const turns = await runs(3);
    await expect.poll(() => runs(3), patience).toBeGreaterThan(turns);
    const before = [await runs(2), await runs(3)] as const;
    // The nodes take turns: after two more turns of node3, node2 has had one.
    await expect.poll(() => runs(3), patience).toBeGreaterThan(before[1] + 1);
    expect(await runs(2)).toBe(before[0]);
    const { stdout } = await slice.run(['vcluster-slice', 'status']);
    expect(JSON.parse(stdout)).toMatchObject({ nodes: [{}, { state: 'stopped' }, {}] });
    expect((await slice.run(['sh', '-c', 'ps -eo args | grep "[-]b 198[.]18[.]1[.]2"'])).stdout).toBe('');
  });

  it('reports in the log that it fails on a node, only once', async () => {
    await slice.run([
      'sh',
      '-c',
      `rm -rf ${directory(3)}/log/ganeti/watcher.log; mkdir ${directory(3)}/log/ganeti/watcher.log`,
    ]);
    const warnings = async () =>
      (await slice.log()).filter(({ type, message }) => type === 'warning' && (message ?? '').includes('node3'));
    await expect.poll(async () => (await warnings()).length, patience).toBe(1);
    expect(await warnings()).toMatchObject([{ message: 'ganeti-watcher fails on node3.example.com with status 1' }]);
    const before = await runs(1);
    await expect.poll(() => runs(1), patience).toBeGreaterThan(before + 2);
    expect(await warnings()).toHaveLength(1);
  });
});

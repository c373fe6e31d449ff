import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { type Slice, startSlice } from '../support/slice.ts';

const patience = { timeout: 60_000, interval: 200 };
const watchedEvery = (seconds: number) => (plan: Plan) => ({ ...plan, watcher: { intervalSeconds: seconds } });
/** A proxy that no daemon can reach, a locale that does not exist, and what changes how programs run. */
const environment = {
  ...{ HTTPS_PROXY: 'http://192.0.2.1:3128', https_proxy: 'http://192.0.2.1:3128', LC_ALL: 'xx_XX' },
  ...{ LD_PRELOAD: 'libm.so.6', PYTHONPATH: '/xx' },
};
const given = Object.entries(environment).map((pair) => pair.join('='));
const isGiven = (variable: string) => given.includes(variable);
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

  it('is not misled by a proxy: RAPI keeps running', async () => {
    const turns = await runs(1);
    await expect.poll(() => runs(1), patience).toBeGreaterThan(turns);
    const pid = () => read(`${directory(1)}/run/ganeti/ganeti-rapi.pid`);
    const before = await pid();
    await slice.gnt('node1.example.com', 'ganeti-watcher', '--no-wait-children');
    const now = await runs(1);
    await expect.poll(() => runs(1), patience).toBeGreaterThan(now);
    expect(await pid()).toBe(before);
  });

  it('has no variable of the container that changes how programs run; neither has any daemon, nor a job', async () => {
    expect((await slice.run(['env'])).stdout.split('\n').filter(isGiven)).toHaveLength(5);
    await slice.gnt('node1.example.com', 'gnt-debug', 'delay', '--submit', '4');
    const found = JSON.parse(await python(slice, environments)) as Record<string, readonly string[]>;
    const daemons = ['noded', 'confd', 'mond', 'wconfd', 'luxid', 'rapi', 'watcher'].map((name) => `ganeti-${name}`);
    expect(Object.keys(found)).toEqual(expect.arrayContaining([...daemons, 'job']));
    expect(Object.entries(found).filter(([, variables]) => variables.some(isGiven))).toEqual([]);
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

/**
 * The environment of each kind of process that runs as a node: JSON. Each user reads that of their own processes.
 * Watchers and jobs do not run all the time, so it looks until it has seen one of each.
 */
const environments = `
import json, pathlib, re, subprocess, time
def variables_of(process):
    status = (process / "status").read_text()
    user, group = (re.search(rf"^{which}:\\t([0-9]+)", status, re.M)[1] for which in ("Uid", "Gid"))
    read = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "cat", str(process / "environ")]
    return subprocess.run(read, capture_output=True, text=True).stdout.split("\\0")
found, seen, begun = {}, set(), time.monotonic()
while not {"ganeti-watcher", "job"} <= found.keys() and time.monotonic() < begun + 60:
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            name, line = (process / "comm").read_text().strip(), (process / "cmdline").read_text()
            name = "job" if "ganeti/jqueue/exec.py" in line else name
            variables = [] if (process, name) in seen else variables_of(process)
        except OSError:
            continue
        seen.add((process, name))
        # Python daemons are forks of a process that is not of a node.
        if name in ("ganeti-noded", "ganeti-rapi") or any(each.startswith("GANETI_ROOTDIR=") for each in variables):
            found.setdefault(name, []).extend(variables)
print(json.dumps(found))
`;

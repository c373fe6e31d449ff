import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QaResult } from '../../../src/qa/result.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { engineWith, log, passing, suite } from '../../support/fake-qa.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import { runCli } from '../../support/run-cli.ts';

describe('qa', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vcluster-box-qa-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const qa = (args: readonly string[], engine: ReturnType<typeof engineWith>['engine'], signals = fakeSignals()) =>
    runCli(['qa', ...args], { engine, signals, env: { XDG_STATE_HOME: folder } });

  it('runs the suite on nodes without a cluster, prints what came of it, and removes all that it made', async () => {
    const { engine, commands } = engineWith(passing);
    const { status, stdout, stderr } = await qa([], engine);
    expect([status, engine.state.containers, engine.state.networks]).toEqual([0, [], []]);
    const plans = engine.calls.filter(({ method }) => method === 'writeFiles').map(({ args }) => JSON.stringify(args));
    expect(plans[0]).toContain('\\"provision\\": false');
    expect(stdout).toMatch(/^env +1 +- +- +- +2\.5 s$/m);
    expect(stdout).toMatch(/^QA of Ganeti 3\.0: 4 passed \(1 had nothing to do here\), 0 failed, 3 skipped/m);
    expect(stdout).toContain('needs LVM: there are no block devices in a slice');
    expect(stderr).toContain('     pass  TestSshConnection Test SSH connection (2.5 s)\n');
    expect(stderr).toContain('  ok Removing cluster qa (');
    const run = commands.find(({ argv }) => argv.includes('env'))?.argv.join(' ') ?? '';
    expect(run).toContain(
      `-u GANETI_ROOTDIR -u GANETI_HOSTNAME -u VCLUSTER_BOX_FOLLOW_MASTER python3 -B ${suite}/run_suite.py`,
    );
  });

  it('exits with 1 when a test fails that is not known to, and says why', async () => {
    const { engine } = engineWith(log.replaceAll('TestInstanceReinstall', 'TestNobodyKnows'));
    const { status, stdout } = await qa([], engine);
    expect(status).toBe(1);
    expect(stdout).toContain('Failed:\n  TestNobodyKnows on sharedfile: gnt-instance reinstall (2.3 s)\n    Command');
    expect(stdout).toContain('Left before their end:\n  RunInstanceTests: No nodes left');
  });

  it('exits with 1 when a block of tests was left before its end, though no test failed', async () => {
    const left = '#### {"type": "broken", "block": "RunNodeTests", "error": "No nodes left"}\n';
    const { engine } = engineWith(`${passing}${left}`);
    const { status, stdout } = await qa(['--junit', join(folder, 'left.xml')], engine);
    expect(status).toBe(1);
    expect(stdout).toContain('Left before their end:\n  RunNodeTests: No nodes left');
    expect(await readFile(join(folder, 'left.xml'), 'utf8')).toContain(
      'name="RunNodeTests" time="0.000"><error message="left before its end: No nodes left"/>',
    );
  });

  it('exits with 1 when the suite ends before its end, with what it said last', async () => {
    const { engine } = engineWith(`${passing}ImportError: no module named yaml\n`, 1);
    const { status, stdout } = await qa([], engine);
    expect(status).toBe(1);
    expect(stdout).toContain('  | ImportError: no module named yaml\nThe suite did not come to its end.');
  });

  it('keeps all that the suite printed, and gives the result as JSON and JUnit XML', async () => {
    const { engine } = engineWith(passing);
    const { stdout } = await qa(['--json', '--junit', join(folder, 'qa.xml')], engine);
    const result = JSON.parse(stdout) as QaResult;
    expect(result).toMatchObject({ ganeti: '3.0', ok: true, counts: { passed: 4 }, liftedCounts: { passed: 1 } });
    expect(await readFile(result.logFile, 'utf8')).toBe(passing);
    expect(await readFile(join(folder, 'qa.xml'), 'utf8')).toMatch(/<testsuites tests="8" failures="0"/);
  });

  it('runs the groups that were chosen, by a configuration that it writes into the slice', async () => {
    const { engine } = engineWith(passing);
    await qa(['--tests', 'env', 'node-list,tags'], engine);
    const written = engine.calls.filter(({ method }) => method === 'writeFiles').map(({ args }) => args[1]);
    const [file] = written.at(-1) as { path: string; content: string }[];
    const { tests } = JSON.parse(file?.content ?? '') as { readonly tests: Readonly<Record<string, boolean>> };
    const on = Object.keys(tests).filter((name) => tests[name]);
    expect(on).toEqual(['env', 'create-cluster', 'node-list', 'tags', 'cluster-destroy']);
  });

  it('runs what the suite leaves out with --with-skipped, and the suite as it is with --fail-fast', async () => {
    const run = async (flag: string) => {
      const { engine, commands } = engineWith(passing);
      await qa([flag], engine);
      return commands.find(({ argv }) => argv.includes('env'))?.argv.slice(-3);
    };
    expect(await run('--with-skipped')).toEqual([
      `${suite}/run_suite.py`,
      '--with-skipped',
      `${suite}/configuration.json`,
    ]);
    expect(await run('--fail-fast')).toEqual([
      `${suite}/python/qa/ganeti-qa.py`,
      '--yes-do-it',
      `${suite}/configuration.json`,
    ]);
  });

  it('keeps the cluster with --keep', async () => {
    const { engine } = engineWith(passing);
    const { stderr } = await qa(['--keep', '-c', 'mine'], engine);
    expect(engine.state.containers.map(({ name }) => name)).toEqual(['vcluster-box-mine-1']);
    expect(stderr).toContain('The cluster is kept.  Remove it: vcluster-box down mine');
  });

  it('keeps one that up does not take for a cluster of its own', async () => {
    const { engine } = engineWith(passing);
    await qa(['--keep'], engine);
    const { status, stderr } = await runCli(['up', 'qa'], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain(
      'error: qa was made for the QA suite, which makes and destroys its cluster by itself\nhint: ',
    );
  });

  it('removes what it made when it is interrupted', async () => {
    const signals = fakeSignals();
    const { engine } = engineWith('', 0, {
      onExec: (_container, { argv, signal }, { stdout }) => {
        if (!argv.includes('env')) return 0;
        stdout.write(passing);
        setImmediate(() => {
          signals.send('SIGINT');
        });
        return new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        });
      },
    });
    const { status, stderr } = await qa([], engine, signals);
    expect([status, engine.state.containers]).toEqual([130, []]);
    expect(stderr).toContain('error: interrupted; what was made for the suite was removed');
  });

  it('refuses to touch a cluster of its name', async () => {
    const { engine } = engineWith(passing);
    engine.state.containers = [fakeCluster('qa')];
    const { status, stderr } = await qa([], engine);
    expect(status).toBe(125);
    expect(stderr).toContain('there is a cluster qa already');
    expect(engine.calls.some(({ method }) => method === 'createContainer')).toBe(false);
  });

  it('lists the groups, and needs no engine for that', async () => {
    const { stdout } = await runCli(['qa', '--list']);
    expect(stdout).toMatch(/^GROUP +RUN +WHAT\nenv +yes +ssh to all nodes/);
    expect(stdout).toMatch(/^instance-add-drbd-disk +no +instances on DRBD: needs DRBD/m);
    const json = JSON.parse((await runCli(['qa', '--list', '--json'])).stdout) as readonly { readonly name: string }[];
    expect(json[0]).toEqual({ name: 'env', what: 'ssh to all nodes, ping, the gnt-* commands' });
  });

  it.each([
    ['/no/such/folder/qa.xml', 'no such file or directory'],
    [tmpdir(), 'it is a directory'],
  ])('refuses to write JUnit XML to %s before anything is done', async (file, why) => {
    const { engine } = engineWith(passing);
    const { status, stderr } = await qa(['--junit', file], engine);
    expect([status, engine.calls]).toEqual([125, []]);
    expect(stderr).toContain(`error: cannot write ${file}: ${why}`);
  });

  it('says so when there can be no log, and removes what it made', async () => {
    const { engine } = engineWith(passing);
    const { status, stderr } = await runCli(['qa'], { engine, env: { XDG_STATE_HOME: '/dev/null' } });
    expect([status, engine.state.containers]).toEqual([125, []]);
    expect(stderr).toMatch(/error: cannot write \/dev\/null\/vcluster-box\/logs\/qa-qa-\w+\.log: not a directory/);
  });

  it.each([
    [['--tests', 'node-lst'], 'there is no group of tests node-lst\nhint: did you mean node-list?'],
    [['--tests', 'instance-import'], 'the tests instance-import cannot be run: '],
    [['--tests', ''], '--tests names no group of tests'],
    [['--existing', '--tests', 'cluster-epo'], 'the tests cluster-epo cannot be run on a cluster that is there'],
    [['--fail-fast', '--with-skipped'], '--with-skipped and --fail-fast contradict each other'],
    [['--existing', '--ganeti', '3.1'], '--existing and --ganeti contradict each other'],
    [['--ganeti', '2.16'], "'2.16' is invalid"],
  ])('refuses %j', async (args, message) => {
    const { engine } = engineWith(passing);
    const { status, stderr } = await qa(args, engine);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(engine.calls).toEqual([]);
  });
});

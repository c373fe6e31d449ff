import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

  it('creates nodes without a cluster, runs the suite, prints the result, and removes the nodes', async () => {
    const { engine, commands } = engineWith(passing);
    const { status, stdout, stderr } = await qa([], engine);
    expect([status, engine.state.containers, engine.state.networks]).toEqual([0, [], []]);
    const plans = engine.calls.filter(({ method }) => method === 'writeFiles').map(({ args }) => JSON.stringify(args));
    expect(plans[0]).toContain('\\"provision\\": false');
    expect(stdout).toMatch(/^env +1 +- +- +- +2\.5 s$/m);
    expect(stdout).toMatch(/^QA of Ganeti 3\.0: 4 passed \(1 had nothing to do\), 0 failed, 3 skipped/m);
    expect(stdout).toContain('needs a Ceph cluster and its kernel module');
    expect(stderr).toContain('     pass  TestSshConnection Test SSH connection (2.5 s)\n');
    expect(stderr).toContain('  ok Removing cluster qa (');
    const run = commands.find(({ argv }) => argv.includes('env'))?.argv.join(' ') ?? '';
    expect(run).toContain(
      `-u GANETI_ROOTDIR -u GANETI_HOSTNAME -u VCLUSTER_BOX_FOLLOW_MASTER python3 -B ${suite}/run_suite.py`,
    );
  });

  it('exits with 1 and prints the reason if a test fails that is not a known failure', async () => {
    const { engine } = engineWith(log.replaceAll('TestInstanceReinstall', 'TestUnknown'));
    const { status, stdout } = await qa([], engine);
    expect(status).toBe(1);
    expect(stdout).toContain('Failed:\n  TestUnknown on sharedfile: gnt-instance reinstall (2.3 s)\n    Command');
    expect(stdout).toContain('Aborted:\n  RunInstanceTests: No nodes left');
  });

  it('exits with 1 if a block of tests is aborted, even if no test failed', async () => {
    const left = '#### {"type": "broken", "block": "RunNodeTests", "error": "No nodes left"}\n';
    const { engine } = engineWith(`${passing}${left}`);
    const { status, stdout } = await qa(['--junit', join(folder, 'left.xml')], engine);
    expect(status).toBe(1);
    expect(stdout).toContain('Aborted:\n  RunNodeTests: No nodes left');
    expect(await readFile(join(folder, 'left.xml'), 'utf8')).toContain(
      'name="RunNodeTests" time="0.000"><error message="aborted: No nodes left"/>',
    );
  });

  it('exits with 1 and prints the last output if the suite is aborted', async () => {
    const { engine } = engineWith(`${passing}ImportError: no module named yaml\n`, 1);
    const { status, stdout } = await qa([], engine);
    expect(status).toBe(1);
    expect(stdout).toContain('  | ImportError: no module named yaml\nThe suite did not run to the end.');
  });

  it('saves the output of the suite, and writes the result as JSON and JUnit XML', async () => {
    const { engine } = engineWith(passing);
    const { stdout } = await qa(['--json', '--junit', join(folder, 'qa.xml')], engine);
    const result = JSON.parse(stdout) as QaResult;
    expect(result).toMatchObject({ ganeti: '3.0', ok: true, counts: { passed: 4 }, liftedCounts: { passed: 1 } });
    expect(await readFile(result.logFile, 'utf8')).toBe(passing);
    expect(await readFile(join(folder, 'qa.xml'), 'utf8')).toMatch(/<testsuites tests="8" failures="0"/);
  });

  it('runs the selected groups, by writing a configuration into the slice', async () => {
    const { engine } = engineWith(passing);
    await qa(['--tests', 'env', 'node-list,tags'], engine);
    const written = engine.calls.filter(({ method }) => method === 'writeFiles').map(({ args }) => args[1]);
    const [file] = written.at(-1) as { path: string; content: string }[];
    const { tests } = JSON.parse(file?.content ?? '') as { readonly tests: Readonly<Record<string, boolean>> };
    const on = Object.keys(tests).filter((name) => tests[name]);
    expect(on).toEqual(['env', 'create-cluster', 'node-list', 'tags', 'cluster-destroy']);
  });

  it('runs skipped tests with --with-skipped, and the unmodified program of the suite with --fail-fast', async () => {
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
    expect(stderr).toContain('The cluster is kept.  To remove it: vcluster-box down mine');
  });

  it('keeps a cluster that up refuses to use', async () => {
    const { engine } = engineWith(passing);
    await qa(['--keep'], engine);
    const { status, stderr } = await runCli(['up', 'qa'], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain(
      'error: qa was created for the QA suite, which creates and destroys its own Ganeti cluster\nhint: ',
    );
  });

  it('removes the nodes when it is interrupted', async () => {
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
    expect(stderr).toContain('error: interrupted; the nodes for the suite were removed');
  });

  it('refuses a cluster that already exists', async () => {
    const { engine } = engineWith(passing);
    engine.state.containers = [fakeCluster('qa')];
    const { status, stderr } = await qa([], engine);
    expect(status).toBe(125);
    expect(stderr).toContain('cluster qa already exists');
    expect(engine.calls.some(({ method }) => method === 'createContainer')).toBe(false);
  });

  it('lists the groups without an engine', async () => {
    const { stdout } = await runCli(['qa', '--list']);
    expect(stdout).toMatch(/^GROUP +RUN +WHAT\nenv +yes +ssh to all nodes/);
    expect(stdout).toMatch(/^instance-add-rbd +no +instances on Ceph: needs a Ceph cluster/m);
    const json = JSON.parse((await runCli(['qa', '--list', '--json'])).stdout) as readonly { readonly name: string }[];
    expect(json[0]).toEqual({ name: 'env', what: 'ssh to all nodes, ping, the gnt-* commands' });
  });

  it.each([
    ['/no/such/folder/qa.xml', 'no such file or directory'],
    [tmpdir(), 'it is a directory'],
  ])('checks first that JUnit XML can be written to %s', async (file, why) => {
    const { engine } = engineWith(passing);
    const { status, stderr } = await qa(['--junit', file], engine);
    expect([status, engine.calls]).toEqual([125, []]);
    expect(stderr).toContain(`error: cannot write ${file}: ${why}`);
  });

  it('reports that its log cannot be written, and removes the nodes', async () => {
    const { engine } = engineWith(passing);
    const { status, stderr } = await runCli(['qa'], { engine, env: { XDG_STATE_HOME: '/dev/null' } });
    expect([status, engine.state.containers]).toEqual([125, []]);
    expect(stderr).toMatch(/error: cannot write \/dev\/null\/vcluster-box\/logs\/qa-qa-\w+\.log: not a directory/);
  });

  it('runs a single test, with the suite of a source tree', async () => {
    const tree = await mkdtemp(join(tmpdir(), 'tree-'));
    await mkdir(join(tree, 'qa'));
    const { engine, commands } = engineWith(passing);
    const missing = await qa(['--suite', tree], engine);
    expect([missing.status, engine.calls]).toEqual([125, []]);
    expect(missing.stderr).toContain(`error: ${tree} has no QA suite: there is no qa/ganeti-qa.py\nhint: `);
    await writeFile(join(tree, 'qa/ganeti-qa.py'), '# mine');
    await qa(['--only', 'TestTags', '--suite', tree], engine);
    const argv = commands.find((command) => command.argv.includes('env'))?.argv.slice(-3);
    expect(argv?.slice(0, 2)).toEqual(['--only', 'TestTags']);
    const written = engine.calls.filter(({ method }) => method === 'writeArchive').map(({ args }) => args[1]);
    expect(written).toContain('/usr/lib/vcluster-box-qa/python');
  });

  it.each([
    [['--tests', 'node-lst'], 'there is no group of tests named node-lst\nhint: did you mean node-list?'],
    [['--tests', 'cluster-upgrade'], 'the group cluster-upgrade cannot run: '],
    [['--tests', ''], '--tests requires at least one group of tests'],
    [['--existing', '--tests', 'cluster-epo'], 'the group cluster-epo cannot run on an existing cluster'],
    [['--fail-fast', '--with-skipped'], '--with-skipped and --fail-fast cannot be used together'],
    [['--fail-fast', '--only', 'TestTags'], '--only and --fail-fast cannot be used together'],
    [['--existing', '--ganeti', '3.1'], '--existing and --ganeti cannot be used together'],
    [['--ganeti', '2.16'], 'ganeti: must be 3.0 or 3.1, not 2.16'],
  ])('refuses %j', async (args, message) => {
    const { engine } = engineWith(passing);
    const { status, stderr } = await qa(args, engine);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(engine.calls).toEqual([]);
  });
});

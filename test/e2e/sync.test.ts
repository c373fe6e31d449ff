import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vcluster } from '../support/cli.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { startCli } from '../support/e2e-start.ts';
import { succeed } from '../support/e2e-succeed.ts';
import { story } from '../support/story.ts';

const name = testCluster('sync');
const run = (...args: readonly string[]) => vcluster(['-c', name, ...args]);
const must = (...args: readonly string[]) => succeed(['-c', name, ...args]);

describe.skipIf(!dockerAvailable)('sync', () => {
  const step = story();
  let tree: string;
  const edit = async (file: string, from: string, to: string) => {
    const path = join(tree, file);
    const text = await readFile(path, 'utf8');
    expect(text).toContain(from);
    await writeFile(path, text.replace(from, to));
  };
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(tree, file)), { recursive: true });
    await writeFile(join(tree, file), text);
  };
  const nodedPids = async () =>
    (await must('exec', '--all', 'sh', '-c', 'cat $GANETI_ROOTDIR/var/run/ganeti/ganeti-noded.pid')).stdout
      .split('\n')
      .sort();

  beforeAll(async () => {
    expect(await vcluster(['up', name, '-n', '2'], { timeout: 600_000 })).toExitWith(0);
    tree = await copyTree();
  }, 600_000);
  afterAll(() => vcluster(['down', name]));

  step('says that there is nothing to do for the same tree', async () => {
    const { stdout, stderr } = await must('sync', tree);
    expect([stdout, stderr]).toEqual(['', 'nothing to do: the cluster has these files already']);
  });

  step('brings a change of noded, and restarts noded on all nodes, and nothing else', async () => {
    await edit(
      'lib/backend.py',
      'def GetNodeInfo(storage_units, hv_specs):\n',
      'def GetNodeInfo(storage_units, hv_specs):\n  logging.warning("the change of noded")\n',
    );
    const before = await nodedPids();
    const { stdout } = await must('sync', tree);
    expect(stdout.split('\n')).toEqual([
      'brought lib/backend.py',
      'restarted ganeti-noded on node1.example.com, node2.example.com',
    ]);
    expect(await nodedPids()).not.toEqual(before);
    await must('exec', 'node1', 'gnt-node', 'list', '-o', 'name,dfree');
    const log = 'grep -c "the change of noded" $GANETI_ROOTDIR/var/log/ganeti/node-daemon.log';
    const logs = (await must('exec', '--all', 'sh', '-c', log)).stdout;
    expect(logs.split('\n').sort()).toEqual(['node1 | 1', 'node2 | 1']);
  });

  step('brings changes of clients and jobs without a restart', async () => {
    await edit(
      'lib/client/gnt_debug.py',
      'def Delay(opts, args):\n',
      'def Delay(opts, args):\n  ToStdout("the client")\n',
    );
    await edit('lib/cmdlib/test.py', 'def _TestDelay(self):\n', 'def _TestDelay(self):\n    self.LogInfo("the job")\n');
    const before = await nodedPids();
    const { stdout } = await must('sync', tree);
    expect(stdout).toBe('brought lib/client/gnt_debug.py\nbrought lib/cmdlib/test.py');
    expect((await must('exec', 'node2', 'gnt-debug', 'delay', '0.1')).stdout).toMatch(/the client\n(.*\n)*.*the job/);
    expect(await nodedPids()).toEqual(before);
  });

  step('refuses a module with an error, and changes nothing', async () => {
    const { stdout: before } = await must('sync', '--diff');
    await write('lib/client/gnt_debug.py', 'def Delay(opts, args:\n');
    const syntax = await run('sync', tree);
    expect(syntax).toExitWith(125);
    expect(syntax.stderr).toContain(
      "error: lib/client/gnt_debug.py, line 1: '(' was never closed; nothing was changed",
    );
    await must('cp', `node1:${place('client/gnt_debug.py')}`, join(tree, 'lib/client/'));
    await edit('lib/backend.py', 'import logging\n', 'import logging\nlogging.gone()\n');
    const loading = await run('sync', tree);
    expect(loading).toExitWith(125);
    expect(loading.stderr).toMatch(
      /^error: ganeti\.server\.noded does not load: AttributeError: .*gone.*; nothing was changed$/m,
    );
    await edit('lib/backend.py', 'logging.gone()\n', '');
    expect((await must('sync', '--diff')).stdout).toBe(before);
  });

  step('shows it in status, and keeps it when the cluster restarts', async () => {
    expect((await must('status')).stdout).toContain('\n3 files of a source tree of Ganeti 3.0.2 (');
    await must('restart');
    expect((await must('exec', 'node1', 'gnt-debug', 'delay', '0.1')).stdout).toContain('the client');
  });

  step('brings hooks and OS definitions, also to nodes that are added later', async () => {
    await write('hooks/node-add-post.d/noted', '#!/bin/sh\nexit 0\n');
    await write('os/mine/ganeti_api_version', '20\n');
    expect((await must('sync', tree)).stdout).toBe(
      'brought hooks/node-add-post.d/noted\nbrought os/mine/ganeti_api_version',
    );
    await must('node', 'add');
    const hooks = await must('exec', '--all', 'sh', '-c', 'ls $GANETI_ROOTDIR/etc/ganeti/hooks/node-add-post.d/');
    expect(hooks.stdout.match(/noted/g)).toHaveLength(3);
    expect((await must('exec', 'node3', 'cat', '/srv/ganeti/os/mine/ganeti_api_version')).stdout).toBe('20');
  });

  step('refuses a tree of another version, unless forced', async () => {
    await edit('configure.ac', '[gnt_version_minor], [0]', '[gnt_version_minor], [9]');
    const other = await run('sync', tree);
    expect(other).toExitWith(125);
    expect(other.stderr).toContain('error: the tree is Ganeti 3.9.2, but the cluster runs Ganeti 3.0.2\nhint: ');
    await must('sync', '--force', tree);
    await edit('configure.ac', '[gnt_version_minor], [9]', '[gnt_version_minor], [0]');
  });

  step('--watch brings each change when it is saved, survives an error, and ends with Ctrl-C', async () => {
    const { program, until } = startCli(['-c', name, 'sync', '--watch', tree]);
    await until(`watching ${tree}`);
    await write('lib/client/gnt_os.py', 'def (\n');
    await until('lib/client/gnt_os.py, line 1');
    await must('cp', `node1:${place('client/gnt_os.py')}`, join(tree, 'lib/client/'));
    await edit('lib/cmdlib/test.py', 'the job', 'another job');
    await until('brought lib/cmdlib/test.py');
    program.kill('SIGINT');
    expect(await program).toExitWith(130);
    expect((await must('exec', 'node2', 'gnt-debug', 'delay', '0.1')).stdout).toContain('another job');
  });

  step('--reset takes everything back', async () => {
    const { stdout } = await must('sync', '--reset');
    expect(stdout).toContain('took back lib/backend.py\n');
    expect(stdout).toContain('restarted ganeti-noded on node1.example.com, node2.example.com, node3.example.com');
    expect((await must('sync', '--diff')).stdout).toBe('');
    expect((await must('exec', 'node2', 'gnt-debug', 'delay', '0.1')).stdout).not.toMatch(/the client|job/);
    expect(
      (await must('exec', 'node2', 'sh', '-c', 'find /srv/ganeti/os /etc/ganeti/hooks -type f')).stdout,
    ).not.toMatch(/mine|noted/);
    expect((await must('status')).stdout).not.toContain('source tree');
  });
});

describe.skipIf(!dockerAvailable)('sync', () => {
  it('refuses what is not a source tree of Ganeti', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tree-'));
    const { exitCode, stderr } = await vcluster(['sync', directory]);
    expect([exitCode, stderr.split('\n')[0]]).toEqual([
      125,
      `error: ${directory} is not a source tree of Ganeti: it has no configure.ac`,
    ]);
  });
});

/** Where a module is installed in a slice, seen from a node. */
function place(module: string): string {
  return `/usr/share/ganeti/default/ganeti/${module}`;
}

/** A source tree with the modules of the image's Ganeti: Debian's differ from those of Ganeti's repository. */
async function copyTree(): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'tree-'));
  const archive = join(tree, 'lib.tar');
  await mkdir(join(tree, 'lib'));
  const { stdout } = await must(
    'exec', 'node1', 'sh', '-c', 'tar -C /usr/share/ganeti/default/ganeti/ --exclude=__pycache__ -c . | base64',
  ); // prettier-ignore
  await writeFile(archive, Buffer.from(stdout, 'base64'));
  await promisify(execFile)('tar', ['-C', join(tree, 'lib'), '-xf', archive]);
  const parts = { major: '3', minor: '0', revision: '2', suffix: '' };
  const lines = Object.entries(parts).map(([part, value]) => `m4_define([gnt_version_${part}], [${value}])\n`);
  await writeFile(join(tree, 'configure.ac'), lines.join(''));
  return tree;
}

import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { EngineError } from '../../../src/errors.ts';
import { ganetiVersions } from '../../../src/config/defaults.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { testProgram } from '../../support/program.ts';
import { runCli, type CliOptions } from '../../support/run-cli.ts';

const image = { id: 'sha256:1', tags: ['vcluster-box:3.0-abc'], size: 1, createdAt: 1 };
const labels = { 'vcluster-box.image': 'slice', 'vcluster-box.ganeti': '3.0' };
const engine = () =>
  fakeEngine({
    containers: [fakeCluster('demo'), fakeCluster('lab', 2), fakeCluster('vcluster', 1)],
    images: [{ ...image, labels }],
  });

/** Completions of the last word, without descriptions. */
async function complete(words: readonly string[], options: CliOptions = {}): Promise<readonly string[]> {
  const result = await runCli(['__complete', '--', ...words], { engine: engine(), ...options });
  expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: '' });
  return result.stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t', 1)[0] ?? '']));
}

describe('completion', () => {
  it('offers all commands of the help with their descriptions', async () => {
    const { stdout } = await runCli(['__complete', '--', '']);
    const program = await testProgram();
    expect(stdout.split('\n').slice(0, -1)).toEqual(
      program
        .createHelp()
        .visibleCommands(program)
        .map((one) => `${one.name()}\t${one.description()}`),
    );
    expect(stdout).not.toContain('__complete');
  });

  it.each([
    [['stat'], ['status']],
    [
      ['image', ''],
      ['build', 'pull', 'ls', 'rm', 'help'],
    ],
    [['--prog'], ['--progress']],
    [
      ['up', '--no'],
      ['--nodes', '--node-memory', '--node-cpus', '--node-disk', '--no-watcher', '--no-color'],
    ],
    [['-c', 'lab', 'statu'], ['status']],
    [['-q', 'image', 'b'], ['build']],
  ])('knows commands and options: %j', async (words, expected) => {
    expect(await complete(words)).toEqual(expected);
  });

  it.each([
    [
      ['--progress', ''],
      ['auto', 'plain', 'json'],
    ],
    [['ls', '--progress=p'], ['--progress=plain']],
    [
      ['image', 'build', '--ganeti', ''],
      ['3.0', '3.1'],
    ],
    [['up', '--restart', 'on'], ['on-failure']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['up', '--nodes', ''], []],
    [['up', '--domain', 'v'], []],
  ])('knows the values of options: %j', async (words, expected) => {
    expect(await complete(words)).toEqual(expected);
  });

  it.each([
    [
      ['status', ''],
      ['demo', 'lab', 'vcluster'],
    ],
    [
      ['-c', ''],
      ['demo', 'lab', 'vcluster'],
    ],
    [['exec', '--cluster=l'], ['--cluster=lab']],
    [
      ['down', 'demo', ''],
      ['lab', 'vcluster'],
    ],
    [['down', '--all', ''], []],
    [['status', 'demo', ''], []],
  ])('knows the clusters: %j', async (words, expected) => {
    expect(await complete(words)).toEqual(expected);
  });

  it.each([
    [['exec', '-c', 'demo', ''], {}, ['node1', 'node2', 'node3']],
    [['-c', 'lab', 'shell', 'n'], {}, ['node1', 'node2']],
    [['shell', ''], { VCLUSTER_BOX_CLUSTER: 'lab' }, ['node1', 'node2']],
    [['shell', ''], {}, ['node1']],
    [['-clab', 'exec', '-it', 'node2.'], {}, ['node2.example.com']],
    [['exec', '-e', 'node', 'node1'], {}, ['node1']],
    [['logs', '-c', 'lab', 'no'], {}, ['noded', 'node1', 'node2']],
    [['cp', '-c', 'lab', 'n'], {}, ['node1:', 'node2:', ':files,nospace']],
    [['logs', 'node1', 'lux'], {}, ['luxid']],
    [['stop', 'lab', '--node', ''], {}, ['node1', 'node2']],
  ])('knows the nodes of the selected cluster: %j %j', async (words, env, expected) => {
    expect(await complete(words, { env })).toEqual(expected);
  });

  it('knows the images', async () => {
    expect(await complete(['image', 'rm', ''])).toEqual(['vcluster-box:3.0-abc']);
  });

  it.each([
    [['exec', 'node1', 'gnt-in'], ['gnt-instance']],
    [['exec', '--all', 'gnt-o'], ['gnt-os']],
    [['exec', 'node1', 'ls', '--no'], []],
    [['exec', 'node1', '--no'], []],
  ])('leaves the arguments of a command on a node alone: %j', async (words, expected) => {
    expect(await complete(words)).toEqual(expected);
  });

  it.each([[['nonsense', '']], [['exec', '-c', 'nowhere', 'n']], [['ls', 'x', '']]])(
    'prints nothing for invalid lines: %j',
    async (words) => {
      const { status, stdout, stderr } = await runCli(['__complete', '--', ...words], { engine: engine() });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    },
  );

  it('ignores an unknown option', async () => {
    expect(await complete(['up', '--nonsense', ''])).toEqual(await complete(['up', '']));
  });

  it('offers the commands without words', async () => {
    expect(await complete([])).toEqual(await complete(['']));
    expect(await complete([''])).toEqual(expect.arrayContaining(['up', 'down', 'exec']));
  });

  it('prints no error when the engine fails or hangs', async () => {
    const failing = fakeEngine({
      onCall: () => {
        throw new EngineError('gone');
      },
    });
    expect(await complete(['status', ''], { engine: failing })).toEqual([]);
    const hanging = fakeEngine({ onCall: () => new Promise(() => undefined) });
    expect(await complete(['status', ''], { engine: hanging })).toEqual([]);
    expect(await complete(['image', 'p'], { engine: hanging })).toEqual(['pull']);
  });

  it('offers only valid values', async () => {
    for (const restart of await complete(['up', '--restart', '']))
      expect(parseClusterSpec({ restart }, 'test').spec.restart).toBe(restart);
    expect(await complete(['up', '--ganeti', ''])).toEqual([...ganetiVersions]);
  });

  it.each([
    ['bash', 'complete -F _vcluster_box vcluster-box'],
    ['zsh', '#compdef vcluster-box'],
    ['fish', 'complete -c vcluster-box'],
  ])('has a script for %s', async (shell, part) => {
    const { status, stdout } = await runCli(['completion', shell]);
    expect(status).toBe(0);
    expect(stdout).toContain(part);
  });

  it('rejects other shells', async () => {
    const { status, stderr } = await runCli(['completion', 'csh']);
    expect(status).toBe(2);
    expect(stderr).toContain('bash, zsh, fish');
  });
});

import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

describe('the command line', () => {
  it.each([[['--version']], [['version', '-q']], [['-q', 'version']]])(
    'prints the bare version for %j',
    async (words) => {
      expect(await runCli(words)).toMatchObject({ status: 0, stdout: '0.0.0\n', stderr: '' });
    },
  );

  it('leaves the --version after a command to the command', async () => {
    const engine = fakeEngine({ containers: [fakeCluster('demo', 1)] });
    await runCli(['exec', 'node1', 'gnt-cluster', '--version'], { engine });
    expect(engine.execs().map(({ command }) => command.argv.slice(-2))).toEqual([['gnt-cluster', '--version']]);
    expect(await runCli(['ls', '--version'])).toMatchObject({ status: 2, stdout: '' });
  });

  it('prints requested help to stdout', async () => {
    const { status, stdout } = await runCli(['up', '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('number of nodes, 1 to 1000');
  });

  it.each([
    [['lss'], "unknown command 'lss'", 'Did you mean ls?', 'hint: vcluster-box --help'],
    [['up', '--nods', '3'], "unknown option '--nods'", 'Did you mean --nodes?', 'hint: vcluster-box up --help'],
    [['ls', 'extra'], "too many arguments for 'ls'", '', 'hint: vcluster-box ls --help'],
    [['image', 'bild'], "unknown command 'bild'", 'Did you mean build?', 'hint: vcluster-box image --help'],
    [['--progress', 'loud', 'ls'], "argument 'loud' is invalid", 'auto, plain, json', 'hint: vcluster-box --help'],
  ])('rejects %j with the problem and a hint', async (args, ...said) => {
    const { status, stdout, stderr } = await runCli(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    for (const text of said) expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('prints its help and exits with 2 when no command is given', async () => {
    expect(await runCli([])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('Commands:') as string,
    });
  });

  it('shows an unexpected error as a bug and exits with 70', async () => {
    const engine = fakeEngine({
      onCall: () => {
        throw new TypeError('x is not a function');
      },
    });
    const { status, stderr } = await runCli(['ls'], { engine });
    expect(status).toBe(70);
    expect(stderr).toMatch(/^This is a bug in vcluster-box.*\nTypeError: x is not a function/);
  });
});

describe('the choice of the cluster', () => {
  const engine = () => fakeEngine({ containers: [fakeCluster('demo'), fakeCluster('lab')] });
  const passwordArgs = ['info', '--json'];
  const nameIn = (stdout: string) => (JSON.parse(stdout) as { readonly name: string }).name;

  it.each([
    [['-c', 'lab', ...passwordArgs], {}],
    [[...passwordArgs, '-c', 'lab'], {}],
    [['-c', 'demo', ...passwordArgs, '-c', 'lab'], {}],
    [passwordArgs, { VCLUSTER_BOX_CLUSTER: 'lab' }],
    [['-c', 'lab', ...passwordArgs], { VCLUSTER_BOX_CLUSTER: 'demo' }],
    [[...passwordArgs, 'lab'], { VCLUSTER_BOX_CLUSTER: 'demo' }],
  ])('is lab for %j with %j', async (args, env) => {
    const { status, stdout } = await runCli(args, { engine: engine(), env });
    expect(status).toBe(0);
    expect(nameIn(stdout)).toBe('lab');
  });

  it('defaults to the only existing cluster', async () => {
    const { stdout } = await runCli(passwordArgs, { engine: fakeEngine({ containers: [fakeCluster('demo')] }) });
    expect(nameIn(stdout)).toBe('demo');
  });

  it('defaults to vcluster among several', async () => {
    const containers = [fakeCluster('demo'), fakeCluster('vcluster')];
    expect(nameIn((await runCli(passwordArgs, { engine: fakeEngine({ containers }) })).stdout)).toBe('vcluster');
  });

  it.each([
    [[], passwordArgs, 'error: no cluster exists\nhint: create one: vcluster-box up\n'],
    [[], ['-c', 'x', ...passwordArgs], 'error: no cluster named x exists\nhint: create one: vcluster-box up x\n'],
    [['demo', 'lab'], passwordArgs, 'error: several clusters exist: demo, lab\nhint: choose one with -c NAME\n'],
    [
      ['demo', 'lab'],
      ['-c', 'x', ...passwordArgs],
      'error: no cluster named x exists\nhint: existing clusters: demo, lab\n',
    ],
  ])('among %j with %j names the existing clusters', async (names, args, stderr) => {
    const containers = names.map((name) => fakeCluster(name));
    const result = await runCli(args, { engine: fakeEngine({ containers }) });
    expect(result).toMatchObject({ status: 125, stdout: '', stderr });
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('config init', () => {
  it('prints a file that config validate accepts', async () => {
    const { status, stdout } = await runCli(['config', 'init']);
    expect(status).toBe(0);
    expect(await runCli(['config', 'init', '-'])).toMatchObject({ stdout });
    expect(await runCli(['config', 'validate', '-'], { stdin: stdout })).toEqual({
      ...{ status: 0, stdout: '-: valid (3 nodes, 1 group, 0 instances)\n', stderr: '', rawModes: [] },
    });
  });

  it('says in one line that a file cannot be written', async () => {
    const stderr = 'error: /dev/null/x cannot be written: not a directory\n';
    expect(await runCli(['config', 'init', '/dev/null/x'])).toMatchObject({ status: 2, stderr });
  });

  it('writes a file, and overwrites one only with --force', async () => {
    const path = join(folder, 'new.yaml');
    expect(await runCli(['config', 'init', path])).toMatchObject({ status: 0, stdout: '' });
    const content = await readFile(path, 'utf8');
    expect(content).toBe((await runCli(['config', 'init'])).stdout);
    await writeFile(path, 'nodes: 1\n');
    expect(await runCli(['config', 'init', path])).toMatchObject({
      status: 2,
      stderr: `error: ${path} already exists\nhint: use --force to overwrite it\n`,
    });
    expect(await readFile(path, 'utf8')).toBe('nodes: 1\n');
    expect(await runCli(['config', 'init', '--force', path])).toMatchObject({ status: 0 });
    expect(await readFile(path, 'utf8')).toBe(content);
  });

  it('reports why it cannot write', async () => {
    const { status, stderr } = await runCli(['config', 'init', join(folder, 'nowhere', 'x.yaml')]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('cannot be written: ') as string });
  });
});

describe('config validate', () => {
  it('prints the resulting options as JSON', async () => {
    const paths = [await file('one.yaml', 'nodes: 1'), await file('two.json', '{"nodes": [{"name": "a"}, {}]}')];
    const { status, stdout } = await runCli(['config', 'validate', '--json', ...paths]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { file: paths[0], spec: { nodes: 1, domain: 'example.com', restart: 'unless-stopped' } },
      { file: paths[1], spec: { nodes: 2, nodeOptions: [{ name: 'a' }, {}] } },
    ]);
  });

  it('lists the errors of all files, and prints nothing about valid ones', async () => {
    const [good, bad, worse] = [
      await file('good.yaml', 'nodes: 1'),
      await file('bad.yaml', 'nodes: 0\ncolour: red'),
      await file('worse.yaml', 'subnet: 10.0.0.0/28\nnodes: 8'),
    ];
    expect(await runCli(['config', 'validate', good, bad, worse])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: [
        `error: ${bad} is invalid:`,
        `  ${bad}:1:8: nodes: must be a whole number from 1 to 1000, not 0`,
        `  ${bad}:2:1: colour: unknown option`,
        `${worse}: the subnet 10.0.0.0/28 has room for 7 nodes, not for 8`,
        'hint: `vcluster-box config init` prints a file with every option',
        '',
      ].join('\n'),
    });
  });

  it.each([
    ['missing.yaml', undefined, 'cannot be read: no such file or directory'],
    ['.', undefined, 'cannot be read: illegal operation on a directory'],
    ['empty.yaml', '', 'is empty'],
    ['latin1.yaml', Buffer.from([0x6e, 0x3a, 0xe9]), 'is not valid UTF-8'],
    ['large.yaml', `# ${'x'.repeat(2 ** 20)}`, 'is larger than 1 MiB, the limit for configuration files'],
  ])('refuses %s in one line', async (name, content, message) => {
    const path = content === undefined ? join(folder, name) : await file(name, content);
    const { status, stdout, stderr } = await runCli(['config', 'validate', path]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toBe(`error: ${path} ${message}`);
  });
});

describe('config schema', () => {
  it('prints docs/cluster.schema.json', async () => {
    const { status, stdout } = await runCli(['config', 'schema']);
    const kept = await readFile(`${import.meta.dirname}/../../../docs/cluster.schema.json`, 'utf8');
    expect({ status, schema: JSON.parse(stdout) as unknown }).toEqual({
      status: 0,
      schema: JSON.parse(kept) as unknown,
    });
  });
});

describe('up -f', () => {
  const refused = async (args: readonly string[], stdin = '') => {
    const engine = fakeEngine();
    const { status, stderr } = await runCli(['up', ...args], { engine, stdin });
    expect({ status, made: engine.state.containers }).toEqual({ status: 2, made: [] });
    return stderr;
  };

  it('reports all errors in the file and the flags', async () => {
    expect(await refused(['-f', '-', '--memory', '1k', '--ganeti', '2'], 'nodes: 0\nmemory: 2k\ngroup: 1')).toBe(
      [
        'error: stdin is invalid:',
        '  stdin:1:8: nodes: must be a whole number from 1 to 1000, not 0',
        '  stdin:3:1: group: unknown option; did you mean groups?',
        '  command line: ganeti: must be 3.0 or 3.1, not 2',
        '  command line: memory: must be a size from 256m to 1024t, such as 512m or 2g, not 1k',
        'hint: `vcluster-box config init` prints a file with every option',
        '',
      ].join('\n'),
    );
  });

  it('takes a number or names of instances, and several bridges, as flags', async () => {
    const flags = ['--instance-names', 'web1,Web2', '--bridge', 'br1', '--bridge', 'br1', '-f', '-'];
    const stderr = await refused(flags, 'nodes: 1');
    expect(stderr).toContain('instanceNames[1]: must be 1 to 40 lowercase letters, digits and inner hyphens, not Web2');
    expect(stderr).toContain('bridges[1]: every node already has a device br1');
    expect(await refused(['--instance-names', '0', '-f', '-'], 'nodes: 1')).toContain('instanceNames: must be a whole');
    const two = await refused(['--instance-names', '2', '--instances', '3', '-f', '-'], 'nodes: 1');
    expect(two).toContain('instances: 3 requested, but there are only 2 instanceNames');
    const named = await refused(['--instance-names', 'web1,db1', '--instances', '3', '-f', '-'], 'nodes: 1');
    expect(named).toContain('instances: 3 requested, but there are only 2 instanceNames');
  });

  it('refuses two names, and a missing file', async () => {
    expect(await refused(['one', '-c', 'two', '-f', '-'], 'nodes: 1')).toContain('two names: one and two');
    expect(await refused(['-f', join(folder, 'none.yaml')])).toContain('cannot be read: no such file or directory');
  });

  it('takes the name from the argument, -c, the file, or the environment, in this order', async () => {
    const nameOf = async (args: readonly string[], stdin: string) => {
      const named: unknown[] = [];
      const engine = fakeEngine({
        onCall: (method, [container]) => {
          if (method !== 'inspectContainer') return;
          named.push(/^vcluster-box-(.*)-1$/.exec(String(container))?.[1]);
          throw new Error('stop here');
        },
      });
      await runCli(args, { engine, stdin, env: { VCLUSTER_BOX_CLUSTER: 'environment' } });
      return named[0];
    };
    expect(await nameOf(['up', 'argument', '-f', '-'], 'name: file')).toBe('argument');
    expect(await nameOf(['-c', 'option', 'up', '-f', '-'], 'name: file')).toBe('option');
    expect(await nameOf(['up', '-f', '-'], 'name: file')).toBe('file');
    expect(await nameOf(['up', '-f', '-'], 'nodes: 1')).toBe('environment');
  });
});

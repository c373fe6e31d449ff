import { describe, expect, it } from 'vitest';
import { slicePaths } from '../../../src/plan/slice-paths.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const ready = [{ stream: 'stdout', text: '{"type":"ready"}' }] as const;

const told = (at: number, name: string, address: string, nodes: readonly string[]) => ({
  ...{ at, name, address, master: 'node1.example.com', nodes: nodes.map((node) => `${node}.example.com`) },
});

/** A cluster of three nodes, with what Ganeti has told its nodes last. */
function engineWith(latest: object | undefined, state: 'running' | 'exited', more: readonly [string, string][] = []) {
  const made = fakeCluster('demo', 3, { state, logs: ready });
  const text =
    latest === undefined ? [] : [[`${slicePaths.latest}/latest.json`, Buffer.from(JSON.stringify(latest))] as const];
  const files = new Map([...made.files, [slicePaths.latest, Buffer.from('')], ...text]);
  for (const [path, content] of more) files.set(path, Buffer.from(content));
  return fakeEngine({ containers: [{ ...made, files }] });
}

const changed = told(2, 'prod.example.com', '198.18.128.90', ['node1', 'node2']);

describe.each(['running', 'exited'] as const)('a cluster that Ganeti has changed, and that is %s', (state) => {
  it('has the name, address and nodes that Ganeti has told its nodes last in info and ls', async () => {
    const info = await runCli(['info', 'demo', '--json'], { engine: engineWith(changed, state) });
    expect(JSON.parse(info.stdout)).toMatchObject({
      cluster: { name: 'prod.example.com', address: '198.18.128.90', subnet: '198.18.0.0/16' },
      nodes: 2,
      resources: { cpus: 32 },
      hosts: [{ nodes: 2 }],
    });
    const { stdout } = await runCli(['ls', '--json'], { engine: engineWith(changed, state) });
    expect(JSON.parse(stdout)).toMatchObject([{ nodes: 2 }]);
  });

  it('is not said by up to have a node that gnt-node remove has removed', async () => {
    const { status, stdout } = await runCli(['up', 'demo'], { engine: engineWith(changed, state) });
    expect([status, stdout]).toEqual([0, expect.stringContaining('with 2 nodes') as string]);
    expect(stdout).toContain('-c demo exec node2 gnt-node list');
    expect(stdout).not.toContain('node3');
  });
});

it('status of a stopped cluster shows its present name, and nodes that are in no cluster', async () => {
  const { stdout } = await runCli(['status', 'demo'], { engine: engineWith(changed, 'exited') });
  expect(stdout).toContain('demo is stopped: prod.example.com 198.18.128.90\n');
  expect(stdout).toMatch(/^node2\.example\.com +unknown /m);
  expect(stdout).toMatch(/^node3\.example\.com +unjoined .*vcluster-box node rm node3\.example\.com$/m);
});

describe('a cluster that gnt-cluster destroy has removed', () => {
  const gone = 'the Ganeti cluster of demo no longer exists';
  const remedy =
    'recreate it (vcluster-box down demo && vcluster-box up demo), or create one by hand (vcluster-box -c demo exec node1 gnt-cluster init ...)';

  it('is refused by up, which says how to create one', async () => {
    const { status, stderr } = await runCli(['up', 'demo'], { engine: engineWith(undefined, 'exited') });
    expect([status, stderr]).toEqual([125, expect.stringContaining(`error: ${gone}\nhint: ${remedy}\n`) as string]);
  });

  it('is started with a warning', async () => {
    const { status, stderr } = await runCli(['start', 'demo'], { engine: engineWith(undefined, 'exited') });
    expect([status, stderr]).toEqual([0, expect.stringContaining(gone) as string]);
    expect(stderr).toContain(remedy);
  });

  it('is reported as such by status, with exit status 1', async () => {
    const { status, stdout } = await runCli(['status', 'demo'], { engine: engineWith(undefined, 'exited') });
    expect([status, stdout]).toEqual([1, expect.stringContaining('demo is stopped; its Ganeti cluster') as string]);
    expect(stdout).toContain(`To ${remedy}\n`);
    expect(stdout).toMatch(/^node1\.example\.com +- +198\.18\.1\.1 +not in a cluster$/m);
  });

  it('has no nodes in ls and info', async () => {
    const { stdout } = await runCli(['ls', '--json'], { engine: engineWith(undefined, 'running') });
    expect(JSON.parse(stdout)).toMatchObject([{ nodes: 0 }]);
    expect((await runCli(['info', 'demo'], { engine: engineWith(undefined, 'running') })).stdout).toContain('0 nodes');
  });
});

it('is asked for its nodes with one request for each slice, however many nodes it has', async () => {
  const count = async (nodes: number) => {
    const engine = fakeEngine({ containers: [fakeCluster('demo', nodes, { logs: ready })] });
    let requests = 0;
    const counting = new Proxy(engine, {
      get: (target, key: keyof typeof engine) => {
        if (key === 'readFile' || key === 'inspectPath') requests++;
        return target[key];
      },
    });
    await runCli(['ls'], { engine: counting });
    return requests;
  };
  expect(await count(3)).toBeLessThan(6);
  expect(await count(90)).toBe(await count(3));
});

it('exec --all leaves out a node that gnt-node remove has removed', async () => {
  const engine = engineWith(changed, 'running');
  expect(await runCli(['exec', '--all', 'true'], { engine })).toMatchObject({ status: 0, stderr: '' });
  expect(engine.execs().map(({ command }) => command.argv[2]?.split('/').at(-1))).toEqual([
    'node1.example.com',
    'node2.example.com',
  ]);
});

describe('RAPI’s file of users that was changed by hand', () => {
  const file = '/srv/vcluster/node1.example.com/var/lib/ganeti/rapi/users';
  const password = async (users: string) => {
    const { stdout, stderr } = await runCli(['info', '--password'], {
      engine: engineWith(changed, 'exited', [[file, users]]),
    });
    return stdout + stderr;
  };
  const unknown = `error: RAPI's password is not known: it was changed in ${file}\n`;

  it.each([
    ['# users\nrapi {HA1}a5ec2eb9669a95ab6929206f8d626775 write\n', 'secret-of-this-cluster\n'],
    ['bob x\nrapi {cleartext}mine write\n', 'mine\n'],
    ['rapi old\nrapi mine write\n', 'mine\n'],
    ['rapi {ha1}00000000000000000000000000000000 write\n', unknown],
    ['bob secret-of-this-cluster write\n', unknown],
    ['', unknown],
  ])('%j: info knows the password, or why not', async (users, expected) => {
    expect(await password(users)).toBe(expected);
  });

  it('is named in info', async () => {
    const { stdout } = await runCli(['info'], { engine: engineWith(changed, 'exited', [[file, 'bob x write\n']]) });
    expect(stdout).toContain(`Password:   changed in ${file}\n`);
    expect(stdout).not.toContain('curl');
  });
});

import { describe, expect, it } from 'vitest';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine, type FakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const engineOf = () => fakeEngine({ containers: [fakeCluster('demo')] });
const relays = (engine: FakeEngine) => engine.state.containers.filter(({ labels }) => 'vcluster-box.port' in labels);

describe('published ports', () => {
  const engineWithPorts = async () => {
    const engine = fakeEngine({ containers: [fakeCluster('demo'), fakeCluster('lab', 1, { ports: [] })] });
    await runCli(['port', 'add', '-c', 'demo', '2222:node1:22', '[::1]:node2:22', 'rapi'], { engine });
    await engine.stopContainer('vcluster-box-demo-port-5081', 1);
    return engine;
  };

  it('are listed by port ls, RAPI first', async () => {
    const { stdout } = await runCli(['port', 'ls', '-c', 'demo'], { engine: await engineWithPorts() });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'PUBLISHED       LEADS TO              STATE   CONTAINER',
      '127.0.0.1:5080  rapi                  open    vcluster-box-demo-1',
      '127.0.0.1:2222  node1.example.com:22  open    vcluster-box-demo-port-2222',
      '127.0.0.1:5081  rapi                  closed  vcluster-box-demo-port-5081',
      '[::1]:20000     node2.example.com:22  open    vcluster-box-demo-port-20000',
    ]);
  });

  it('are listed as JSON, and by info', async () => {
    const engine = await engineWithPorts();
    const { stdout } = await runCli(['port', 'ls', '-c', 'demo', '--json'], { engine });
    const [rapi, first] = JSON.parse(stdout) as unknown[];
    expect(rapi).toMatchObject({ target: 'rapi', port: 5080, open: true });
    expect(first).toEqual({
      address: '127.0.0.1',
      port: 2222,
      target: 'node1.example.com:22',
      container: 'vcluster-box-demo-port-2222',
      open: true,
      host: 'default',
    });
    const info = await runCli(['info', 'demo', '--json'], { engine });
    expect(JSON.parse(info.stdout)).toMatchObject({ ports: [{ port: 2222 }, { port: 5081 }, { port: 20_000 }] });
    const facts = (await runCli(['info', 'demo'], { engine })).stdout;
    expect(facts).toContain('\nPort:       127.0.0.1:2222 -> node1.example.com:22\n');
    expect(facts).toContain('\nPort:       127.0.0.1:5081 -> rapi (closed)\n');
  });

  it.each([
    [['2222'], ['5081', '20000']],
    [['node2:22'], ['2222', '5081']],
    [['127.0.0.1:2222:node1:22', 'rapi'], ['20000']],
  ])('are unpublished by port rm %j', async (args, left) => {
    const engine = await engineWithPorts();
    expect(await runCli(['port', 'rm', '-c', 'demo', ...args], { engine })).toMatchObject({ status: 0, stdout: '' });
    expect(relays(engine).map(({ name }) => name.replace('vcluster-box-demo-port-', ''))).toEqual(
      expect.arrayContaining(left),
    );
    expect(relays(engine)).toHaveLength(left.length);
  });

  it.each([
    ['2223', '2223 is not published by cluster demo'],
    ['0.0.0.0:node1:22', '0.0.0.0:node1:22 is not published by cluster demo'],
    ['5080', '5080 is how RAPI was published when the cluster was created'],
  ])('stay when port rm names %s', async (text, message) => {
    const engine = await engineWithPorts();
    const { status, stderr } = await runCli(['port', 'rm', '-c', 'demo', '2222', text], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain(message);
    expect(relays(engine)).toHaveLength(3);
  });

  it('are not taken for a cluster or a slice by any other command', async () => {
    const engine = await engineWithPorts();
    const list = JSON.parse((await runCli(['ls', '--json'], { engine })).stdout) as { readonly name: string }[];
    expect(list.map(({ name }) => name)).toEqual(['demo', 'lab']);
    await runCli(['down', 'lab'], { engine });
    await runCli(['exec', 'node1', 'true'], { engine });
    expect(engine.execs().at(-1)?.container).toBe('vcluster-box-demo-1');
  });

  it('are removed with the cluster', async () => {
    for (const args of [
      ['down', 'demo'],
      ['down', '--all'],
    ]) {
      const engine = await engineWithPorts();
      await runCli(args, { engine });
      expect(relays(engine)).toEqual([]);
    }
  });

  it('are leftovers, not a cluster, when the slice is gone', async () => {
    const engine = await engineWithPorts();
    await engine.removeContainer('vcluster-box-demo-1');
    await engine.removeContainer('vcluster-box-lab-1');
    expect((await runCli(['ls', '--json'], { engine })).stdout).toBe('[]\n');
    expect(await runCli(['info', 'demo'], { engine })).toMatchObject({ status: 125 });
    await runCli(['down', 'demo'], { engine });
    expect(engine.state.containers).toEqual([]);
  });
});

describe('up --publish', () => {
  it('on a running cluster publishes what is missing, and reports whether anything changed', async () => {
    const engine = engineOf();
    const up = async (...args: string[]) => (await runCli(['up', 'demo', ...args, '--json'], { engine })).stdout;
    expect(JSON.parse(await up('--publish', 'node1:22'))).toMatchObject({ changed: true, ports: [{ port: 20_000 }] });
    expect(JSON.parse(await up('--publish', 'node1:22'))).toMatchObject({ changed: false, ports: [{ port: 20_000 }] });
    expect(JSON.parse(await up('--publish', 'node1:22', '--publish', '2222:node2:22'))).toMatchObject({
      changed: true,
      ports: [{ port: 2222 }, { port: 20_000 }],
    });
    expect(JSON.parse(await up())).toMatchObject({ changed: false, ports: [{ port: 2222 }, { port: 20_000 }] });
  });

  it('reopens published ports that are closed', async () => {
    const engine = engineOf();
    await runCli(['port', 'add', 'node1:22'], { engine });
    await engine.stopContainer('vcluster-box-demo-port-20000', 1);
    await runCli(['up', 'demo'], { engine });
    expect(relays(engine).map(({ state }) => state)).toEqual(['running']);
  });

  it('reports an unknown node or a bad value before it changes anything', async () => {
    const engine = engineOf();
    expect(await runCli(['up', 'demo', '--publish', 'node7:22'], { engine })).toMatchObject({ status: 125 });
    const { status, stderr } = await runCli(['up', 'demo', '--publish', 'node1'], { engine });
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('publish[0]: must be [ADDRESS:][HOSTPORT:]NODE:PORT or') as string,
    });
    expect(relays(engine)).toEqual([]);
  });
});

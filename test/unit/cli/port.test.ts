import { describe, expect, it } from 'vitest';
import { AddressMissingError, NameTakenError, PortTakenError } from '../../../src/errors.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine, type FakeEngine } from '../../support/fake-engine.ts';
import type { FakeContainer, FakeState } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const engineWith = (given: Partial<FakeState> = {}) => fakeEngine({ containers: [fakeCluster('demo')], ...given });
const relays = (engine: FakeEngine) => engine.state.containers.filter(({ labels }) => 'vcluster-box.port' in labels);
const relay = (engine: FakeEngine, name: string): FakeContainer | undefined =>
  engine.state.containers.find((container) => container.name === name);

/** An engine on which these ports of the host are in use. */
const busy = (...ports: readonly number[]): FakeState['onCall'] => {
  let engine: readonly { readonly id: string; readonly hostPort: number }[] = [];
  return (method, args) => {
    if (method === 'createContainer') {
      const [name, { ports: bindings }] = args as [
        string,
        { readonly ports: readonly { readonly hostPort: number }[] },
      ];
      engine = [...engine, { id: `id-${name}`, hostPort: bindings[0]?.hostPort ?? 0 }];
    }
    const started = method === 'startContainer' ? engine.find(({ id }) => id === args[0]) : undefined;
    if (started !== undefined && ports.includes(started.hostPort)) {
      throw new PortTakenError(`127.0.0.1:${started.hostPort} is in use on the engine's host`);
    }
  };
};

describe('port add', () => {
  it('publishes a port of a node with a relay container that has no other rights', async () => {
    const engine = engineWith();
    const { status, stdout, stderr } = await runCli(['port', 'add', '2222:node2:22'], { engine });
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: '127.0.0.1:2222 -> node2.example.com:22\n',
      stderr: '',
    });
    expect(relay(engine, 'vcluster-box-demo-port-2222')?.settings).toMatchObject({
      labels: { 'vcluster-box.cluster': 'demo', 'vcluster-box.port': 'node2.example.com:22' },
      network: 'vcluster-box-demo',
      ports: [{ hostAddress: '127.0.0.1', hostPort: 2222 }],
      capDrop: ['ALL'],
      capAdd: [],
      securityOpt: ['no-new-privileges'],
      user: '65534:65534',
      readOnly: true,
      noHealthCheck: true,
      restartPolicy: 'unless-stopped',
      entrypoint: ['/usr/bin/tini', '--', 'socat'],
    });
    const command = relay(engine, 'vcluster-box-demo-port-2222')?.settings?.command?.join(' ');
    expect(command).toContain('PROXY:vcluster-box-demo-1:198.18.1.2:22,proxyport=5079');
  });

  it('publishes RAPI by the slice, which knows its address after gnt-cluster rename', async () => {
    const engine = engineWith();
    await runCli(['port', 'add', '6080:rapi'], { engine });
    const command = relay(engine, 'vcluster-box-demo-port-6080')?.settings?.command?.join(' ');
    expect(command).toContain(' TCP:vcluster-box-demo-1:5080,');
  });

  it('chooses the next free port by default: from the node’s port on, or from 20000', async () => {
    const engine = engineWith({ onCall: busy(1811, 20_001) });
    const { stdout } = await runCli(['port', 'add', 'node1:22', 'node2:22', 'node1:1811', 'rapi'], { engine });
    expect(stdout.trimEnd().split('\n')).toEqual([
      '127.0.0.1:20000 -> node1.example.com:22',
      '127.0.0.1:20002 -> node2.example.com:22',
      '127.0.0.1:1812 -> node1.example.com:1811',
      '127.0.0.1:5081 -> rapi',
    ]);
    expect(relays(engine)).toHaveLength(4);
  });

  it('leaves a published port unchanged, and reopens it if it is closed', async () => {
    const engine = engineWith();
    await runCli(['port', 'add', 'node1:22', '2222:node2:22'], { engine });
    await engine.stopContainer('vcluster-box-demo-port-2222', 1);
    const { stdout } = await runCli(['port', 'add', 'node1:22', '2222:node2:22', '--json'], { engine });
    expect(JSON.parse(stdout)).toMatchObject([
      { address: '127.0.0.1', port: 20_000, target: 'node1.example.com:22', open: true, created: false },
      { address: '127.0.0.1', port: 2222, target: 'node2.example.com:22', open: true, created: false },
    ]);
    expect(relays(engine).map(({ state }) => state)).toEqual(['running', 'running']);
  });

  it('names a port that is in use, and leaves nothing behind', async () => {
    const engine = engineWith({ onCall: busy(2223) });
    const { status, stdout, stderr } = await runCli(['port', 'add', '2222:node1:22', '2223:node2:22'], { engine });
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
    expect(stderr).toBe(
      "error: 127.0.0.1:2223 is in use on the engine's host\n" +
        'hint: stop what uses it, or choose another: [ADDRESS:][HOSTPORT:]node2.example.com:22\n',
    );
    expect(relays(engine)).toEqual([]);
  });

  it('names an address that the host does not have, and leaves nothing behind', async () => {
    const message = "cannot publish 10.99.99.1:2222: 10.99.99.1 is not an address of the engine's host";
    const engine = engineWith({
      onCall: (method) => {
        if (method === 'startContainer') throw new AddressMissingError(message);
      },
    });
    const { status, stdout, stderr } = await runCli(['port', 'add', '10.99.99.1:2222:node2:22'], { engine });
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
    expect(stderr).toBe(
      `error: ${message}\n` +
        'hint: add the address to that host, or choose another: [ADDRESS:][HOSTPORT:]node2.example.com:22\n',
    );
    expect(relays(engine)).toEqual([]);
  });

  it.each([
    ['2222:node2:22', 'port 2222 is already published: 127.0.0.1:2222 leads to node1.example.com:22'],
    ['0.0.0.0:2222:node1:22', 'port 2222 is already published: 127.0.0.1:2222 leads to node1.example.com:22'],
    ['5080:node2:22', 'port 5080 is already published: 127.0.0.1:5080 leads to rapi'],
  ])('refuses %s while that port leads elsewhere', async (text, message) => {
    const engine = engineWith();
    await runCli(['port', 'add', '2222:node1:22'], { engine });
    const { status, stderr } = await runCli(['port', 'add', text], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain(`error: ${message}\n`);
  });

  it('succeeds when another run publishes the same port at the same time', async () => {
    const engine = engineWith({
      onCall: (method) => {
        if (method !== 'createContainer' || relays(engine).length !== 1) return;
        throw new NameTakenError('the container name is in use');
      },
    });
    const { status, stdout } = await runCli(['port', 'add', '2222:node1:22'], { engine });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '127.0.0.1:2222 -> node1.example.com:22\n' });
  });

  it.each([
    [['node9:22'], 125, 'node node9 does not exist'],
    [['node1'], 2, 'node1 is not of the form'],
    [['-c', 'gone', 'node1:22'], 125, 'no cluster named gone exists'],
  ])('refuses %j', async (args, status, message) => {
    const engine = engineWith();
    const result = await runCli(['port', 'add', ...args], { engine });
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(message) as string });
    expect(relays(engine)).toEqual([]);
  });

  it('refuses a cluster on the engine’s default network, where containers cannot resolve each other’s names', async () => {
    const engine = engineWith({ containers: [fakeCluster('demo', 1, { network: 'default' })] });
    const { status, stderr } = await runCli(['port', 'add', 'node1:22'], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain('is not on a network of its own (but: default)');
  });
});

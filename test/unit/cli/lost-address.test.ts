import { describe, expect, it } from 'vitest';
import type { SliceStatus } from '../../../src/cluster/slice-status.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const address = '10.99.99.1';
const ready = [{ stream: 'stdout', text: '{"type":"ready"}' }] as const;
const gone = (port: number) =>
  `port ${port} cannot be reached on ${address}, which is no longer an address of the engine's host`;
const give = 'give the host the address again, or';
const recreate = `${give} recreate the cluster: vcluster-box down demo`;
const remove = `${give} stop publishing it: vcluster-box -c demo port rm 2222`;

const well: SliceStatus = {
  ...{ ready: true, ganeti: '3.0.2', rapi: true, problem: null, synced: null, nodes: [] },
  cluster: { name: 'cluster.example.com', address: '198.18.0.1', master: 'node1.example.com' },
  votes: { votes: [], leading: 'node1.example.com' },
};

/** A running cluster whose RAPI and one port of a node are published on an address; then the host loses it. */
async function engineWithLostAddress() {
  const ports = [{ containerPort: 5080, protocol: 'tcp' as const, hostAddress: address, hostPort: 5080 }];
  const engine = fakeEngine({ containers: [fakeCluster('demo', 1, { logs: ready, ports })] });
  await runCli(['port', 'add', `${address}:2222:node1:22`, '3333:node1:22'], { engine });
  engine.state.containers = engine.state.containers.map((container) => {
    const here = container.ports.some(({ hostAddress }) => hostAddress === address);
    return { ...container, missingAddresses: here ? [address] : [] };
  });
  return engine;
}

describe('a published address that the engine’s host has lost while the cluster runs', () => {
  it('is reported by status, with exit status 1', async () => {
    const engine = await engineWithLostAddress();
    engine.state.onExec = (_container, _command, { stdout: answer }) => {
      answer.write(JSON.stringify(well));
      return 0;
    };
    const { status, stdout } = await runCli(['status', '--json'], { engine });
    const problem = `${gone(5080)}; ${recreate}\n${gone(2222)}; ${remove}`;
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'running', well: false, hosts: [{ problem }] });
    expect((await runCli(['status'], { engine })).stdout).toContain(`\n${problem}\n`);
  });

  it('is reported by doctor, as a warning for each container', async () => {
    const { stdout } = await runCli(['doctor', '--json'], { engine: await engineWithLostAddress() });
    const checks = (JSON.parse(stdout) as { readonly name: string }[]).filter(({ name }) => name === 'clusters');
    expect(checks).toEqual([
      { name: 'clusters', level: 'warn', found: `vcluster-box-demo-1: ${gone(5080)}`, remedy: recreate },
      { name: 'clusters', level: 'warn', found: `vcluster-box-demo-port-2222: ${gone(2222)}`, remedy: remove },
    ]);
  });

  it.each(['up', 'start'])('is a warning of %s, which changes nothing', async (command) => {
    const { status, stderr } = await runCli([command, 'demo'], { engine: await engineWithLostAddress() });
    expect(status).toBe(0);
    expect(stderr).toContain(`warning: ${gone(5080)}\n   hint: ${recreate}\n`);
    expect(stderr).toContain(`warning: ${gone(2222)}\n   hint: ${remove}\n`);
  });

  it('has closed ports, which port add does not open', async () => {
    const engine = await engineWithLostAddress();
    const { stdout } = await runCli(['port', 'ls'], { engine });
    expect(stdout).toMatch(/^10\.99\.99\.1:5080 +rapi +closed /m);
    expect(stdout).toMatch(/^10\.99\.99\.1:2222 +node1\.example\.com:22 +closed /m);
    expect(stdout).toMatch(/^127\.0\.0\.1:3333 +node1\.example\.com:22 +open /m);
    const { status, stderr } = await runCli(['port', 'add', `${address}:2222:node1:22`], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain(`cannot publish ${address}:2222: ${address} is not an address of the engine's host`);
  });
});

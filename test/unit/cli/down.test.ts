import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeContainer, fakeNetwork, type FakeState } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

const network = (name: string, labels: Record<string, string>) => {
  return fakeNetwork({ name, labels });
};
const of = (cluster: string) => ({ 'vcluster-box.cluster': cluster });

/** Two clusters with all their resources, and resources of others. */
const engineOf = (given: Partial<FakeState> = {}) =>
  fakeEngine({
    containers: [fakeCluster('demo'), fakeCluster('lab'), fakeContainer({ name: 'other' })],
    networks: [network('vcluster-box-demo', of('demo')), network('vcluster-box-lab', of('lab')), network('bridge', {})],
    volumes: [
      { name: 'demo-data', createdAt: 0, labels: of('demo') },
      { name: 'other-data', createdAt: 0, labels: {} },
    ],
    ...given,
  });

const namesIn = ({ containers, networks, volumes }: FakeState) =>
  [containers, networks, volumes].map((all) => all.map(({ name }) => name));

describe('down', () => {
  it('removes the container, network and volumes of the cluster, and of no other', async () => {
    const engine = engineOf();
    const { status, stdout, stderr } = await runCli(['down', 'demo'], { engine });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(/^Removing demo\n ... Removing cluster demo\n {2}ok Removing cluster demo \(/);
    expect(namesIn(engine.state)).toEqual([
      ['vcluster-box-lab-1', 'other'],
      ['vcluster-box-lab', 'bridge'],
      ['other-data'],
    ]);
  });

  it('removes several clusters, and all of them with --all', async () => {
    for (const args of [
      ['down', 'demo', 'lab'],
      ['down', '--all'],
    ]) {
      const engine = engineOf();
      expect(await runCli(args, { engine })).toMatchObject({ status: 0 });
      expect(namesIn(engine.state)).toEqual([['other'], ['bridge'], ['other-data']]);
    }
  });

  it('removes the remaining resources of a cluster without a container', async () => {
    for (const args of [
      ['down', 'demo'],
      ['down', '--all'],
    ]) {
      const engine = engineOf({ containers: [] });
      expect(await runCli(args, { engine })).toMatchObject({ status: 0 });
      expect(engine.state.networks.map(({ name }) => name)).not.toContain('vcluster-box-demo');
      expect(engine.state.volumes.map(({ name }) => name)).toEqual(['other-data']);
    }
  });

  it('accepts a missing cluster and names the existing ones', async () => {
    expect(await runCli(['down', 'gone'], { engine: engineOf() })).toEqual(
      expect.objectContaining({
        status: 0,
        stdout: '',
        stderr: 'cluster gone does not exist; existing clusters: demo, lab\n',
      }),
    );
  });

  it('does nothing when no cluster exists', async () => {
    expect(await runCli(['down', '--all'])).toMatchObject({ status: 0, stderr: 'no clusters exist\n' });
    expect(await runCli(['down'])).toMatchObject({
      status: 0,
      stderr: 'cluster vcluster does not exist; no other cluster exists\n',
    });
  });

  it('without a name removes the only cluster, but does not choose among several', async () => {
    const engine = engineOf({ containers: [fakeCluster('demo')] });
    await runCli(['down'], { engine });
    expect(engine.state.containers).toEqual([]);
    const several = engineOf();
    expect(await runCli(['down'], { engine: several })).toMatchObject({
      status: 125,
      stderr: expect.stringContaining('several clusters exist: demo, lab') as string,
    });
    expect(several.state.containers).toHaveLength(3);
  });

  it('refuses names together with --all', async () => {
    expect(await runCli(['down', 'demo', '--all'], { engine: engineOf() })).toMatchObject({ status: 2 });
  });

  it('fails when the engine fails', async () => {
    const onCall = (method: string) => {
      if (method === 'removeNetwork') throw new EngineError('network is in use');
    };
    const { status, stderr } = await runCli(['down', 'demo'], { engine: engineOf({ onCall }) });
    expect(status).toBe(125);
    expect(stderr).toMatch(/FAIL Removing cluster demo\nerror: network is in use\n$/);
  });
});

describe('down --json', () => {
  it('lists what was removed and what did not exist', async () => {
    const result = await runCli(['down', 'demo', 'gone', '--json', '-q'], { engine: engineOf() });
    expect({ ...result, stdout: JSON.parse(result.stdout) as unknown }).toMatchObject({
      status: 0,
      stdout: { removed: ['demo'], missing: ['gone'] },
      stderr: '',
    });
    const all = await runCli(['down', '--all', '--json'], { engine: engineOf() });
    expect(JSON.parse(all.stdout)).toEqual({ removed: ['demo', 'lab'], missing: [] });
  });
});

import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const labels = { 'vcluster-box.image': 'slice', 'vcluster-box.ganeti': '3.0' };
const images = [{ id: 'sha256:1', tags: ['vcluster-box:3.0-a'], size: 1, createdAt: 1, labels }];

const engineOf = () => {
  const demo = fakeCluster('demo', 2);
  demo.files.set('/srv/vcluster/node1.example.com/var/lib/ganeti/ssconf_release_version', Buffer.from('3.0.2\n'));
  const half = fakeCluster('half', 2, { state: 'created', files: new Map() });
  const relay = {
    ...demo,
    id: 'relay',
    name: 'relay',
    labels: { ...labels, 'vcluster-box.cluster': 'demo', 'vcluster-box.port': 'rapi' },
  };
  return fakeEngine({ images, containers: [demo, half, relay] });
};

describe('version', () => {
  it('shows vcluster-box, the engine, images and clusters', async () => {
    const { status, stdout, stderr } = await runCli(['version'], { engine: engineOf() });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'vcluster-box:  0.0.0',
      'Engine:        fake 20.10.24 (API 1.41) at unix:///fake/docker.sock',
      'Image:         vcluster-box:3.0-a (Ganeti 3.0)',
      'Cluster:       demo (Ganeti 3.0.2, created by vcluster-box 0.1.0)',
      'Cluster:       half (no Ganeti yet, created by vcluster-box 0.1.0)',
    ]);
  });

  it('--json prints the same as JSON', async () => {
    const { stdout } = await runCli(['version', '--json'], { engine: engineOf() });
    expect(JSON.parse(stdout)).toEqual({
      version: '0.0.0',
      problem: null,
      engine: { name: 'fake', version: '20.10.24', api: '1.41', endpoint: 'unix:///fake/docker.sock' },
      images: [{ image: 'vcluster-box:3.0-a', ganeti: '3.0', source: null }],
      clusters: [
        { name: 'demo', ganeti: '3.0.2', source: null, madeBy: '0.1.0', image: 'vcluster-box:3.0-test' },
        { name: 'half', ganeti: null, source: null, madeBy: '0.1.0', image: 'vcluster-box:3.0-test' },
      ],
    });
  });

  it('succeeds without an engine', async () => {
    const engine = fakeEngine({
      onCall: () => {
        throw new EngineError('no engine here');
      },
    });
    expect(await runCli(['version'], { engine })).toMatchObject({
      status: 0,
      stdout: 'vcluster-box:  0.0.0\nEngine:        not reachable: no engine here\n',
    });
    expect((await runCli(['version', '--json'], { engine })).stdout).toContain('"problem": "no engine here"');
  });
});

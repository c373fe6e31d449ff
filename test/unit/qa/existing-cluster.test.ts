import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/plan/plan.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { engineWith, passing, suite } from '../../support/fake-qa.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import { runCli } from '../../support/run-cli.ts';

describe('qa --existing', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vcluster-box-qa-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const images = [
    {
      id: 'sha256:slice',
      tags: ['vcluster-box:3.0-test'],
      size: 1,
      createdAt: 1,
      labels: { 'vcluster-box.ganeti': '3.0' },
    },
  ];
  const existing = (plan: Partial<Plan> = {}, inventory = '{"nodes":[],"instances":[],"groups":[],"templates":[]}') => {
    const { engine, commands } = engineWith(passing, 0, { images });
    const demo = fakeCluster('demo');
    for (const [path, content] of demo.files) {
      if (path.endsWith('plan.json'))
        demo.files.set(path, Buffer.from(JSON.stringify({ ...(JSON.parse(content.toString()) as Plan), ...plan })));
    }
    engine.state.containers = [demo];
    const { onExec } = engine.state;
    engine.state.onExec = (container, command, streams) => {
      if (command.argv[1] !== 'inventory') return onExec(container, command, streams);
      streams.stdout.write(inventory);
      return 0;
    };
    return { engine, commands };
  };

  it('runs the suite on the cluster, keeps the cluster, and removes the suite', async () => {
    const { engine, commands } = existing();
    const { status, stdout } = await runCli(['qa', '--existing'], { engine, env: { XDG_STATE_HOME: folder } });
    expect(status).toBe(0);
    expect(stdout).toContain('QA of Ganeti 3.0: 4 passed');
    expect(engine.state.containers.map(({ name }) => name)).toEqual(['vcluster-box-demo-1']);
    expect(commands.at(-1)?.argv).toEqual(expect.arrayContaining([`${suite}/set-up`, suite]));
    const configuration = JSON.stringify(engine.calls.find(({ method }) => method === 'writeFiles')?.args);
    for (const off of ['create-cluster', 'cluster-destroy', 'cluster-epo'])
      expect(configuration).toContain(`\\"${off}\\": false`);
  });

  it('configures the suite with the groups and disk templates that Ganeti has now', async () => {
    const nodes = [{ name: 'node1.example.com', group: 'prod', role: 'master', vmCapable: true }];
    const now = { nodes, instances: [], groups: ['empty', 'prod'], templates: ['file', 'diskless'] };
    const { engine } = existing({}, JSON.stringify(now));
    await runCli(['qa', '--existing'], { engine, env: { XDG_STATE_HOME: folder } });
    const written = JSON.stringify(engine.calls.find(({ method }) => method === 'writeFiles')?.args);
    const configuration = written.replaceAll(/\\n *|\\/g, '');
    expect(configuration).toContain('"group-with-nodes": "prod"');
    expect(configuration).toContain('"enabled-disk-templates": ["file","diskless"]');
  });

  it('removes the suite when it is interrupted, and says which changes remain', async () => {
    const { engine, commands } = existing();
    const signals = fakeSignals();
    const { onExec } = engine.state;
    engine.state.onExec = (container, command, streams) => {
      if (!command.argv.includes('env')) return onExec(container, command, streams);
      setImmediate(() => {
        signals.send('SIGINT');
      });
      return new Promise((_resolve, reject) => {
        command.signal?.addEventListener('abort', () => {
          reject(command.signal?.reason as Error);
        });
      });
    };
    const world = { engine, signals, env: { XDG_STATE_HOME: folder } };
    const { status, stderr } = await runCli(['qa', '--existing'], world);
    expect(status).toBe(130);
    expect(stderr).toContain('interrupted; changes that the tests made to cluster demo remain');
    expect(commands.at(-1)?.argv).toEqual(expect.arrayContaining([suite]));
  });

  it('builds the image from --mirror', async () => {
    const { engine } = existing();
    const args = ['qa', '--existing', '--mirror', 'http://mirror.example.com/debian'];
    await runCli(args, { engine, env: { XDG_STATE_HOME: folder } });
    const build = engine.calls.find(({ method }) => method === 'buildImage');
    expect(build?.args[0]).toMatchObject({ buildArgs: { MIRROR: 'http://mirror.example.com/debian' } });
  });

  it('refuses a cluster with instances', async () => {
    const placed = { primary: 'node1.example.com', secondaries: [], template: 'file', addresses: [] };
    const instance = { name: 'instance1.example.com', ...placed };
    const { engine } = existing({}, JSON.stringify({ nodes: [], instances: [instance], groups: [], templates: [] }));
    const { status, stderr } = await runCli(['qa', '--existing', '-c', 'demo'], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain('cluster demo has instances, which the QA suite would stop: instance1.example.com');
  });
});

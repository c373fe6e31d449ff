import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/plan/plan.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { engineWith, passing, suite } from '../../support/fake-qa.ts';
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
  const existing = (plan: Partial<Plan> = {}, inventory = '{"nodes":[],"instances":[]}') => {
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

  it('runs the suite on that cluster, leaves it there, and takes the suite away', async () => {
    const { engine, commands } = existing();
    const { status, stdout } = await runCli(['qa', '--existing'], { engine, env: { XDG_STATE_HOME: folder } });
    expect(status).toBe(0);
    expect(stdout).toContain('QA of Ganeti 3.0: 4 passed');
    expect(engine.state.containers.map(({ name }) => name)).toEqual(['vcluster-box-demo-1']);
    expect(commands.at(-1)?.argv).toEqual([`${suite}/equip`, '--undo']);
    const configuration = JSON.stringify(engine.calls.find(({ method }) => method === 'writeFiles')?.args);
    for (const off of ['create-cluster', 'cluster-destroy', 'cluster-epo'])
      expect(configuration).toContain(`\\"${off}\\": false`);
  });

  it('refuses one with instances', async () => {
    const instance = { name: 'instance1.example.com', primary: 'node1.example.com', secondaries: [], template: 'file' };
    const { engine } = existing({}, JSON.stringify({ nodes: [], instances: [instance] }));
    const { status, stderr } = await runCli(['qa', '--existing', '-c', 'demo'], { engine });
    expect(status).toBe(125);
    expect(stderr).toContain('cluster demo has instances, which the QA suite would stop: instance1.example.com');
  });
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Event } from '../../../../src/events.ts';
import { keepExport, keepLog } from '../../../../src/cluster/up/keep-diagnostics.ts';
import type { Engine } from '../../../../src/engine/engine.ts';
import { fakeCluster } from '../../../support/fake-cluster.ts';
import { fakeEngine } from '../../../support/fake-engine.ts';

let stateDirectory: string;
beforeEach(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
});
afterEach(() => rm(stateDirectory, { recursive: true }));

const events: Event[] = [];
const demo = () =>
  fakeEngine({ containers: [fakeCluster('demo', 1, { logs: [{ stream: 'stdout', text: 'a line' }] })] });
const never = () => new Promise<never>(() => undefined);
const keep = (engine: Engine, timeoutMs?: number) =>
  keepExport(engine, 'demo', {
    report: (event) => events.push(event),
    stateDirectory,
    name: 'demo-run',
    version: '0.1.0',
    failure: 'it was not to be',
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
const kept = () => readdir(join(stateDirectory, 'logs'));

it('a file that cannot be written is reported', async () => {
  await writeFile(join(stateDirectory, 'logs'), 'no folder');
  const report = (event: Event) => events.push(event);
  const reason = 'file already exists';
  await keepLog(demo(), 'vcluster-box-demo-1', { report, stateDirectory, name: 'demo' });
  expect(await keep(demo())).toBeUndefined();
  expect(events.splice(0)).toEqual([
    { type: 'warning', message: `cannot keep ${join(stateDirectory, 'logs/demo.log')}: ${reason}` },
    { type: 'warning', message: `cannot keep ${join(stateDirectory, 'logs/demo-run.tar.gz')}: ${reason}` },
  ]);
});

describe('the export of a cluster that could not be created', () => {
  it('is kept in the state folder', async () => {
    expect(await keep(demo())).toBe(join(stateDirectory, 'logs/demo-run.tar.gz'));
    expect(await kept()).toEqual(['demo-run.tar.gz']);
    const tar = gunzipSync(await readFile(join(stateDirectory, 'logs/demo-run.tar.gz')));
    expect(tar.toString()).toContain('"failure": "it was not to be"');
  });

  it.each(['findContainers', 'readFile', 'inspectRaw', 'readArchive', 'exec', 'describe'] as const)(
    'is skipped when the engine never answers %s',
    async (method) => {
      expect(await keep({ ...demo(), [method]: never }, 50)).toBeUndefined();
      expect(await kept()).toEqual([]);
    },
  );

  it('is skipped when the cluster does not exist, and hides no failure', async () => {
    expect(await keep(fakeEngine())).toBeUndefined();
  });
});

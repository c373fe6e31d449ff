import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ofCluster } from '../../src/plan/labels.ts';
import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { testCluster } from '../support/e2e-clusters.ts';
import { leftOf, nothingLeft } from '../support/e2e-left.ts';
import { startInTerminal } from '../support/e2e-terminal.ts';

describe.skipIf(!dockerAvailable)('Ctrl-C in a terminal, while the task list is drawn', () => {
  it('stops `up` with status 130, and removes what it created', async () => {
    const name = testCluster('ctrl-c');
    const engine = await testEngine();
    const up = startInTerminal(['up', name, '-n', '2'], { columns: 80, rows: 30 });
    const output = text(up.stdout);
    const ended = new Promise<number | null>((resolve) => up.on('exit', resolve));
    await expect
      .poll(async () => (await engine.findContainers(ofCluster(name))).map(({ state }) => state), { timeout: 60_000 })
      .toEqual(['running']);
    up.stdin.write('\u0003');
    expect(await ended).toBe(130);
    expect(await output).toContain('error: interrupted; what this run had created was removed');
    expect(await engine.findContainers(ofCluster(name))).toEqual([]);
    expect(await engine.findNetworks(ofCluster(name))).toEqual([]);
  }, 120_000);
});

describe.skipIf(!dockerAvailable)('closing a terminal while the task list is drawn', () => {
  it('stops `up`, and removes what it created', async () => {
    const name = testCluster('hung-up');
    const engine = await testEngine();
    const up = startInTerminal(['up', name, '-n', '2'], { columns: 80, rows: 30 });
    up.stdout.resume();
    await expect
      .poll(async () => (await engine.findContainers(ofCluster(name))).map(({ state }) => state), { timeout: 60_000 })
      .toEqual(['running']);
    up.kill('SIGKILL');
    await expect.poll(() => leftOf(engine, name), { timeout: 60_000 }).toEqual(nothingLeft);
  }, 180_000);
});

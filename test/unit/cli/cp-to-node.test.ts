import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { fakeCopying as demo, filesOf, node1 } from '../../support/fake-copying.ts';
import type { FakeEngine } from '../../support/fake-engine.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import { hostile, tarOf } from '../../support/hostile-tar.ts';
import { runCli } from '../../support/run-cli.ts';

let here: string;
beforeEach(async () => {
  here = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
});
afterEach(() => rm(here, { recursive: true }));

const cp = (engine: FakeEngine, ...args: string[]) => runCli(['cp', ...args], { engine });

describe('cp to a node', () => {
  it('of a stopped cluster passes the files to the engine under their own names', async () => {
    const engine = demo();
    await mkdir(join(here, 'd/sub'), { recursive: true });
    await writeFile(join(here, 'd/sub/x:y'), 'colon');
    expect(await cp(engine, join(here, 'd'), 'node1:etc')).toMatchObject({ status: 0, stderr: '' });
    expect(filesOf(engine).get(`${node1}/etc/d/sub/x:y`)?.toString()).toBe('colon');
    expect(engine.execs()).toEqual([]);
  });

  it('of a running cluster sends the files to the slice', async () => {
    const engine = demo('running');
    await writeFile(join(here, 'new'), 'new');
    expect(await cp(engine, join(here, 'new'), 'node1:etc/a')).toMatchObject({ status: 0, stderr: '' });
    expect(filesOf(engine).get(`${node1}/etc/a`)?.toString()).toBe('new');
  });

  it.each([
    ['to a file', 'node1:/etc/link', '/etc/hosts'],
    ['to a directory', 'node1:/etc/linked', '/srv/here/new'],
  ])('follows a target that is a link %s', async (_what, target, written) => {
    const engine = demo();
    filesOf(engine).set('/srv/here/kept', Buffer.of());
    engine.state.containers[0]?.links.set('/etc/linked', '/srv/here');
    await writeFile(join(here, 'new'), 'new');
    expect(await cp(engine, join(here, 'new'), target)).toMatchObject({ status: 0, stderr: '' });
    expect(filesOf(engine).get(written)?.toString()).toBe('new');
  });

  it('says what the slice says when it cannot write, and sends no more', async () => {
    const engine = demo('running');
    let sent = 0;
    engine.state.onExec = async (_container, _command, { stdin, stderr }) => {
      for await (const chunk of stdin as AsyncIterable<Buffer>) {
        if (sent === 0) stderr.write('cannot write file x: a directory of that name exists\n');
        sent += chunk.length;
      }
      return 1;
    };
    await writeFile(join(here, 'x'), Buffer.alloc(2 ** 22));
    const { status, stderr } = await cp(engine, join(here, 'x'), 'node1:etc');
    expect(status).toBe(125);
    expect(stderr).toContain('error: cannot write file x: a directory of that name exists\nhint: nothing was copied');
    expect(sent).toBeLessThan(2 ** 20);
  });

  it('ends the stream early, and waits until the slice has cleaned up, when it is interrupted', async () => {
    const [engine, signals] = [demo('running'), fakeSignals()];
    let cleaned = false;
    engine.state.onExec = async (_container, _command, { stdin }) => {
      let sent = 0;
      for await (const chunk of stdin as AsyncIterable<Buffer>) {
        if (sent === 0) signals.send('SIGINT');
        sent += chunk.length;
      }
      cleaned = sent < 2 ** 20;
      return 1;
    };
    await writeFile(join(here, 'x'), Buffer.alloc(2 ** 22));
    const result = await runCli(['cp', join(here, 'x'), 'node1:etc'], { engine, signals });
    expect(result).toMatchObject({ status: 130, stderr: 'error: interrupted; nothing was copied\n' });
    expect(cleaned).toBe(true);
  });

  it('warns of what the engine writes when a stopped cluster gets a file with holes', async () => {
    await writeFile(join(here, 'disk'), 'begin');
    await truncate(join(here, 'disk'), 8 * 2 ** 20);
    expect(await cp(demo(), join(here, 'disk'), 'node1:etc')).toMatchObject({
      status: 0,
      stderr:
        'warning: cluster demo is stopped, so the engine writes holes as data: 8 MiB in total\n' +
        '   hint: to keep them, start it first: vcluster-box start demo\n',
    });
  });

  it.each(hostile)(
    'refuses a tar stream that %s before the engine receives any of it',
    async (_what, entries, said) => {
      for (const state of ['running', 'exited'] as const) {
        const engine = demo(state);
        const stdin = (await tarOf(entries)).toString('latin1');
        const { status, stderr } = await runCli(['cp', '-', 'node1:etc'], { engine, stdin });
        expect(status).toBe(125);
        expect(stderr).toMatch(said);
        expect(engine.calls.map(({ method }) => method)).not.toContain('writeArchive');
      }
    },
  );

  it('refuses a local directory with a link that points outside it', async () => {
    await symlink('/etc/passwd', join(here, 'passwd'));
    const { status, stderr } = await cp(demo('running'), here, 'node1:');
    expect([status, stderr]).toEqual([125, expect.stringContaining('points outside the target: /etc/passwd')]);
  });

  it("reports the engine's message when the engine cannot copy", async () => {
    const engine = demo();
    engine.state.onCall = (method) => {
      if (method === 'writeArchive') throw new EngineError('no space left on device');
    };
    await writeFile(join(here, 'x'), 'x');
    expect(await cp(engine, join(here, 'x'), 'node1:')).toMatchObject({
      status: 125,
      stderr: 'error: no space left on device\n',
    });
  });

  it('copies from one node to another through a temporary file', async () => {
    const engine = demo();
    expect(await cp(engine, 'node1:etc', 'node2:/etc')).toMatchObject({ status: 0, stderr: '' });
    expect(filesOf(engine).get('/etc/etc/sub/b')?.toString()).toBe('B');
    expect(await cp(engine, 'node1:etc', 'node1:etc/sub')).toMatchObject({
      status: 125,
      stderr: 'error: cannot copy node1:etc into itself, node1:etc/sub\n',
    });
  });
});

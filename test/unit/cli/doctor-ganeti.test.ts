import { describe, expect, it } from 'vitest';
import { findBuilt } from '../../../src/image/ensure-image.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine, type FakeEngine } from '../../support/fake-engine.ts';
import { runCli } from '../../support/run-cli.ts';

const listFile = '/usr/share/vcluster-box/changes.json';
const fitting = {
  change: 'watcher',
  purpose: 'Lets the watcher watch.',
  lost: 'it does not watch',
  vital: false,
  reason: null,
};
const moved = {
  change: 'boot_id',
  purpose: 'Gives nodes ids.',
  lost: 'nodes have no ids',
  vital: false,
  reason: 'no z',
};
const vital = { change: 'init_only', purpose: 'Creates.', lost: 'there is no cluster', vital: true, reason: 'no y' };

/** An engine with the image of Ganeti 3.1, whose list of changes is this. */
async function engineWithImage(changes: readonly object[]): Promise<FakeEngine> {
  const base = { id: 'sha256:base', tags: ['debian:trixie-slim'], size: 1, createdAt: 1, labels: {} };
  const { context } = await findBuilt(fakeEngine(), { ganeti: '3.1' });
  const labels = { 'vcluster-box.ganeti': '3.1', 'vcluster-box.context': context.hash };
  const image = { ...base, id: 'sha256:slice', tags: ['vcluster-box:3.1-x'], labels };
  const engine = fakeEngine({
    images: [image],
    onCall: () => {
      for (const { files } of engine.state.containers) files.set(listFile, Buffer.from(JSON.stringify(changes)));
    },
  });
  return engine;
}

describe('doctor --ganeti', () => {
  it('lists the changes to the Ganeti of an image, without starting a container', async () => {
    const engine = await engineWithImage([fitting, moved]);
    expect(await runCli(['doctor', '--ganeti', '3.1'], { engine })).toMatchObject({
      status: 0,
      stdout: [
        'ok    watcher  Lets the watcher watch.',
        'warn  boot_id  no z',
        '               -> without it, nodes have no ids',
        'image vcluster-box:3.1-x, Ganeti 3.1: 1 of 2 changes fit',
        '',
      ].join('\n'),
    });
    expect(engine.calls.map(({ method }) => method)).not.toContain('startContainer');
    expect(engine.state.containers).toEqual([]);
  });

  it('exits with 1 if a vital change does not fit, also with --json', async () => {
    const engine = await engineWithImage([vital]);
    const { status, stdout } = await runCli(['doctor', '--ganeti', '3.1', '--json'], { engine });
    expect({ status, found: JSON.parse(stdout) as unknown }).toEqual({
      status: 1,
      found: { of: 'image vcluster-box:3.1-x', ganeti: '3.1', changes: [vital] },
    });
    expect((await runCli(['doctor', '--ganeti', '3.1'], { engine })).stdout).toMatch(/^fail {2}init_only {2}no y\n/);
  });

  it('says how to build an image that does not exist', async () => {
    expect(await runCli(['doctor', '--ganeti'], { engine: await engineWithImage([]) })).toMatchObject({
      status: 125,
      stderr: expect.stringMatching(
        /^error: there is no image with Ganeti 3\.0\nhint: build it: vcluster-box image build --ganeti 3\.0\n$/,
      ) as string,
    });
  });

  it('asks a cluster that runs, and reads the list of one that is stopped', async () => {
    const running = fakeEngine({
      containers: [fakeCluster('demo')],
      onExec: (_container, _command, { stdout }) => {
        stdout.write(JSON.stringify([fitting]));
        return 0;
      },
    });
    const last = (text: string) => text.trimEnd().split('\n').at(-1);
    const asked = await runCli(['doctor', '--ganeti', '-c', 'demo'], { engine: running });
    expect(last(asked.stdout)).toBe('cluster demo, Ganeti 3.0: 1 of 1 changes fit');
    expect(running.execs().map(({ command }) => command.argv)).toEqual([['/usr/sbin/vcluster-slice', 'changes']]);
    const stopped = fakeCluster('demo', 3, { state: 'exited' });
    stopped.files.set(listFile, Buffer.from(JSON.stringify([moved])));
    const read = await runCli(['doctor', '--ganeti', '-c', 'demo'], { engine: fakeEngine({ containers: [stopped] }) });
    expect(last(read.stdout)).toBe('cluster demo, Ganeti 3.0: 0 of 1 changes fit');
  });

  it.each([
    [['--ganeti', '3.1', '-c', 'demo'], /a cluster and another Ganeti cannot be examined together/],
    [['--tree', '/nonexistent', '--packages', '/nonexistent'], /tree: cannot be used together with packages/],
    [['--ganeti', '2.16'], /ganeti: must be 3\.0 or 3\.1, not "?2\.16/],
  ])('refuses %j', async (flags, message) => {
    const { status, stderr } = await runCli(['doctor', ...flags], { engine: fakeEngine() });
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { fakeSignals } from '../../support/fake-signals.ts';
import { failAt, type FakeHosts, fakeHosts, sliceOf } from '../../support/fake-hosts.ts';
import { runCli } from '../../support/run-cli.ts';

const state = await mkdtemp(join(tmpdir(), 'vcluster-box-test-'));
afterAll(() => rm(state, { recursive: true }));

const up = (hosts: FakeHosts, ...args: readonly string[]) => {
  const flags = Object.keys(hosts).flatMap((endpoint) => ['--host', endpoint]);
  return runCli(['up', 'lab', ...flags, ...args], { engine: null, hosts, env: { XDG_STATE_HOME: state } });
};
const all = (hosts: FakeHosts) => Object.values(hosts);
const isEmpty = (hosts: FakeHosts) =>
  all(hosts).every(({ state }) => state.containers.length === 0 && state.networks.length === 0);

/** The content of the export that the message names. */
const exported = (stderr: string) => {
  const [, file = ''] = /Diagnostics for a bug report: (\S+)/.exec(stderr) ?? [];
  return gunzipSync(readFileSync(file)).toString();
};

describe('a failed up on several hosts keeps an export', () => {
  const failed = '{"type":"failed","title":"Checking requirements","message":"no room"}';
  const failing = (number: number) => (number === 2 ? { logs: [{ stream: 'stdout', text: failed }] as const } : {});

  it('of all slices, which names the failure', async () => {
    const { stderr } = await up(await fakeHosts(3, failing));
    const content = exported(stderr);
    for (const number of [1, 2, 3]) expect(content).toContain(`/slice${number}/slice.log`);
    expect(content).toContain('"failure": "host ssh://ops@192.0.2.2: Checking requirements failed: no room"');
  });

  it('of the slices that still answer, with the reason why others are missing', async () => {
    const hosts = await fakeHosts(3, failing);
    const [first] = all(hosts);
    failAt(first, 'describe', () => (sliceOf(first) === undefined ? undefined : new EngineError('the host is gone')));
    const content = exported((await up(hosts)).stderr);
    expect(content).not.toContain('/slice1/slice.log');
    expect(content).toContain('/slice3/slice.log');
    expect(content).toContain('the host ssh://ops@192.0.2.1 cannot be reached: it does not answer');
  });
});

describe('up on several hosts leaves nothing behind', () => {
  it.each(['createContainer', 'createNetwork', 'writeFiles', 'startContainer'])(
    'when a host fails at %s, and names the host',
    async (method) => {
      const hosts = await fakeHosts(3);
      failAt(all(hosts)[1], method, () => new EngineError(`no ${method} today`));
      const { status, stderr } = await up(hosts);
      expect(status).toBe(125);
      expect(stderr).toContain(`error: host ssh://ops@192.0.2.2: no ${method} today`);
      expect(isEmpty(hosts)).toBe(true);
    },
  );

  it('when a slice does not boot, and names its host', async () => {
    const failed =
      '{"type":"failed","title":"Connecting the hosts","message":"slice 1 does not answer","hint":"open it"}';
    const hosts = await fakeHosts(2, (number) => (number === 2 ? { logs: [{ stream: 'stdout', text: failed }] } : {}));
    const { status, stderr } = await up(hosts);
    expect(status).toBe(125);
    expect(stderr).toContain('error: host ssh://ops@192.0.2.2: Connecting the hosts failed: slice 1 does not answer');
    expect(stderr).toContain('hint: open it');
    expect(isEmpty(hosts)).toBe(true);
  });

  it('except on a host that cannot be reached, and reports that', async () => {
    const hosts = await fakeHosts(2);
    failAt(all(hosts)[1], /^(start|remove)Container/, () => new EngineError('the host is gone'));
    const { stderr } = await up(hosts);
    expect(stderr).toContain('host ssh://ops@192.0.2.2: slice 2 of cluster lab could not be removed');
    expect(stderr).toContain('when the engine answers again: vcluster-box down lab');
    expect(all(hosts)[0]?.state.containers).toEqual([]);
  });
});

describe('an interrupted up on several hosts', () => {
  const interrupted = async (...args: readonly string[]) => {
    const booting = (number: number) => ({ logs: [{ stream: 'stdout', text: `slice ${number} boots` }] }) as const;
    const hosts = await fakeHosts(3, booting);
    const signals = fakeSignals();
    failAt(all(hosts)[1], 'startContainer', () => {
      signals.send('SIGINT');
      return undefined;
    });
    const flags = Object.keys(hosts).flatMap((endpoint) => ['--host', endpoint]);
    const env = { XDG_STATE_HOME: state };
    const { status, stderr } = await runCli(['up', 'lab', ...flags, ...args], { engine: null, hosts, env, signals });
    return { hosts, status, stderr };
  };

  it('removes what it created on all hosts, and keeps the log of each slice in a file', async () => {
    const { hosts, status, stderr } = await interrupted();
    expect(status).toBe(130);
    expect(stderr).toMatch(/^error: interrupted; what this run had created was removed$/m);
    expect(stderr).not.toContain('bug report');
    expect(isEmpty(hosts)).toBe(true);
    const files = [...stderr.matchAll(/^The log of slice (\d) is in (\S+)$/gm)];
    const kept = await Promise.all(
      files.map(([, number, file = '']) => readFile(file, 'utf8').then((text) => [number, text])),
    );
    expect(kept).toEqual(['1', '2', '3'].map((number) => [number, `slice ${number} boots\n`]));
  });

  it('stops and keeps the slices of all hosts with --keep', async () => {
    const { hosts, status, stderr } = await interrupted('--keep');
    expect(status).toBe(130);
    expect(stderr).toMatch(/^error: interrupted$/m);
    expect(stderr).toContain('The stopped slices are kept.  To remove the cluster: vcluster-box down lab\n');
    expect(all(hosts).map(({ state }) => state.containers.map(({ name, state }) => [name, state]))).toEqual(
      [1, 2, 3].map((number) => [[`vcluster-box-lab-${number}`, 'exited']]),
    );
    for (const { state } of all(hosts)) expect(state.networks).toHaveLength(1);
  });
});

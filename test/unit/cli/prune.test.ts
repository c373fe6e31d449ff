import { describe, expect, it } from 'vitest';
import type { Labels } from '../../../src/engine/engine.ts';
import { fakeCluster } from '../../support/fake-cluster.ts';
import { fakeEngine } from '../../support/fake-engine.ts';
import { fakeContainer, type FakeContainer, type FakeState } from '../../support/fake-state.ts';
import { runCli } from '../../support/run-cli.ts';

/** The current time that `runCli` uses. */
const now = 1_700_000_000;
const hour = 3600;
const ago = (seconds: number) => new Date((now - seconds) * 1000).toISOString();

const stopped = (name: string, seconds: number, given: Partial<FakeContainer> = {}) =>
  fakeCluster(name, 1, { state: 'exited', createdAt: now - 900 * hour, finishedAt: ago(seconds), ...given });
const of = (cluster: string, more: Labels = {}) => ({ 'vcluster-box.cluster': cluster, ...more });
const network = (cluster: string, age: number) => ({
  id: `net-${cluster}`,
  name: `vcluster-box-${cluster}`,
  driver: 'bridge',
  scope: 'local',
  attachable: false,
  subnets: [],
  createdAt: now - age,
  labels: of(cluster),
});
const relay = (cluster: string, age: number) =>
  fakeContainer({
    name: `vcluster-box-${cluster}-port-2222`,
    labels: of(cluster, { 'vcluster-box.port': 'node1.example.com:22' }),
    createdAt: now - age,
  });

interface Shown {
  readonly kind: string;
  readonly name: string;
  readonly removed: boolean;
}

async function prune(state: Partial<FakeState>, ...args: readonly string[]) {
  const engine = fakeEngine(state);
  const { status, stdout, stderr } = await runCli(['prune', '--json', ...args], { engine });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const shown = JSON.parse(stdout) as readonly Shown[];
  return { engine, stderr, names: shown.map(({ kind, name }) => `${kind} ${name}`), shown };
}
const left = ({ state }: { readonly state: FakeState }) =>
  [...state.containers, ...state.networks, ...state.volumes].map(({ name }) => name);

describe('prune', () => {
  it('removes clusters that have been stopped or partly created for a day, with all their resources', async () => {
    const half = stopped('half', 0, { state: 'created', startedAt: '', finishedAt: '', createdAt: now - 25 * hour });
    const { names, engine } = await prune({
      containers: [stopped('old', 25 * hour), relay('old', 20), half, stopped('young', 23 * hour), relay('young', 0)],
      networks: [network('old', 99 * hour), network('young', 99 * hour)],
      volumes: [{ name: 'old-data', createdAt: 0, labels: of('old') }],
    });
    expect(names).toEqual(['cluster half', 'cluster old']);
    expect(left(engine)).toEqual(['vcluster-box-young-1', 'vcluster-box-young-port-2222', 'vcluster-box-young']);
  });

  it.each(['running', 'paused', 'restarting', 'removing'] as const)(
    'keeps a cluster that is %s, whatever its age',
    async (state) => {
      const containers = [fakeCluster('demo', 1, { state, createdAt: 0 }), relay('demo', now)];
      const { names, engine } = await prune({ containers, networks: [network('demo', now)] }, '--older-than', '0s');
      expect(names).toEqual([]);
      expect(left(engine)).toHaveLength(3);
    },
  );

  it('keeps a cluster that starts just before its removal', async () => {
    const { engine, names, stderr } = await prune({
      containers: [stopped('old', 25 * hour), relay('old', 30 * hour)],
      networks: [network('old', 30 * hour)],
      onCall: async function start(this: FakeState, method: string) {
        await Promise.resolve();
        if (method !== 'findVolumes') return;
        this.containers = this.containers.map((one) => ({ ...one, state: 'running' }));
      },
    });
    expect(names).toEqual([]);
    expect(stderr).toContain('cluster old is in use again and was kept');
    expect(left(engine)).toHaveLength(3);
  });

  it('removes the remaining resources of clusters without a slice', async () => {
    const { names, engine } = await prune({
      containers: [relay('gone', 25 * hour), relay('going', 23 * hour), fakeCluster('demo', 1)],
      networks: [network('gone', 25 * hour), network('going', 23 * hour), network('demo', 25 * hour)],
      volumes: [
        { name: 'data', createdAt: now - 25 * hour, labels: of('gone') },
        { name: 'of-others', createdAt: 0, labels: {} },
      ],
    });
    expect(names).toEqual(['relay vcluster-box-gone-port-2222', 'network vcluster-box-gone', 'volume data']);
    expect(left(engine).toSorted()).toEqual([
      'of-others',
      'vcluster-box-demo',
      'vcluster-box-demo-1',
      'vcluster-box-going',
      'vcluster-box-going-port-2222',
    ]);
  });

  it('removes scratch containers after an hour, unless they run', async () => {
    const box = (name: string, age: number, given: Partial<FakeContainer> = {}) =>
      fakeContainer({
        name,
        labels: { 'vcluster-box.scratch': '' },
        state: 'created',
        createdAt: now - age,
        ...given,
      });
    const { names } = await prune({
      containers: [box('old', 2 * hour), box('young', 100), box('busy', 9 * hour, { state: 'running' })],
    });
    expect(names).toEqual(['container old']);
  });

  it('accepts another age for all of them', async () => {
    const state = { containers: [stopped('old', 9 * hour), stopped('new', 100)] };
    expect((await prune(state, '--older-than', '8h')).names).toEqual(['cluster old']);
    expect((await prune(state, '--older-than', '0')).names).toEqual(['cluster new', 'cluster old']);
    expect((await prune(state, '--older-than', '1d')).names).toEqual([]);
    expect(await runCli(['prune', '--older-than', 'long'], { engine: fakeEngine(state) })).toMatchObject({
      status: 2,
      stderr: 'error: --older-than: long is not an age such as 90m, 12h or 7d\n',
    });
  });

  it('only reports what it would remove with --dry-run', async () => {
    const state = { containers: [stopped('old', 25 * hour)], networks: [network('old', 0)] };
    const engine = fakeEngine(state);
    const { stdout, stderr } = await runCli(['prune', '--dry-run'], { engine });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'KIND     NAME  SIZE  REASON',
      'cluster  old   -     stopped since 2023-11-13T21:13:20Z',
    ]);
    expect(stderr).toBe('Would remove 1 resource.\n');
    expect(left(engine)).toHaveLength(2);
    expect((await prune(state, '--dry-run')).shown).toMatchObject([{ removed: false }]);
  });

  it('reports that there is nothing to remove', async () => {
    expect(await runCli(['prune'])).toMatchObject({ status: 0, stdout: '', stderr: 'Nothing to remove.\n' });
  });
});

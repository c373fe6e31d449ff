import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { Addition } from '../../src/plan/grow.ts';
import type { Plan, PlannedNode, PlannedSlice } from '../../src/plan/plan.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import type { FakeEngine } from './fake-engine.ts';
import { fakeHosts } from './fake-hosts.ts';
import { fakeContainer, type FakeContainer, type FakeState } from './fake-state.ts';
import { votesFor } from './fake-votes.ts';
import { runCli, type CliOptions } from './run-cli.ts';

type Told = readonly [host: number, command: string];
type Fail = (host: number, command: string) => string | undefined;

/** The host that is not part of the cluster at first. */
export const third = 'ssh://ops@192.0.2.3';

export interface Joining {
  readonly hosts: Readonly<Record<string, FakeEngine>>;
  readonly engines: readonly FakeEngine[];
  /** the commands that slices received, in order; the numbers are those of the hosts, from 1 */
  readonly told: readonly Told[];
  /** Makes a command fail with a message. */
  fail: Fail;
  readonly planOn: (host: number) => Plan;
  readonly sliceOn: (host: number) => FakeContainer;
  readonly run: (args: readonly string[], options?: CliOptions) => ReturnType<typeof runCli>;
}

/** A cluster `lab` of four nodes on two hosts, whose slices execute commands, and a third host. */
export async function fakeJoining(
  state: string,
  given: (number: number) => Partial<FakeState> = () => ({}),
  ...options: readonly string[]
): Promise<Joining> {
  const told: Told[] = [];
  const hosts = await fakeHosts(3, given);
  const engines = Object.values(hosts);
  const env = { XDG_STATE_HOME: state };
  const joining: Joining = {
    ...{ hosts, engines, told },
    fail: () => undefined,
    planOn: (host) => planIn(engines[host - 1]),
    sliceOn: (host) => engines[host - 1]?.state.containers[0] ?? fakeContainer({ name: 'none' }),
    run: (args, more = {}) => runCli(args, { engine: null, hosts, env, ...more }),
  };
  for (const [index, engine] of engines.entries()) {
    engine.state.onExec = async (_container, { argv }, { stdin, stdout }) => {
      const [, command = ''] = argv;
      const answers: Readonly<Record<string, string>> = {
        votes: votesFor([]),
        inventory: JSON.stringify({ nodes: planIn(engine).nodes.map(known), instances: [], groups: [], templates: [] }),
      };
      stdout.write(answers[command] ?? '');
      if (!command.includes('-') || stdin === undefined) return 0;
      const what = JSON.parse(await text(stdin)) as PlannedSlice & Addition;
      told.push([index + 1, command]);
      const message = joining.fail(index + 1, command);
      if (message !== undefined) {
        stdout.write(`${JSON.stringify({ type: 'failed', message })}\n`);
        return 1;
      }
      for (const each of command === 'add-node' ? engines : [engine]) change(each, command, what);
      return 0;
    };
  }
  const [one, two] = Object.keys(hosts);
  await joining.run(['up', 'lab', '-n', '4', '--host', one ?? '', '--host', two ?? '', ...options]);
  return joining;
}

const known = ({ names: [name], group }: PlannedNode) => ({ name, group, role: 'candidate', vmCapable: true });

function planIn(engine: FakeEngine | undefined): Plan {
  return JSON.parse(engine?.state.containers[0]?.files.get(slicePaths.plan)?.toString() ?? '{}') as Plan;
}

function change(engine: FakeEngine, command: string, what: PlannedSlice & Addition): void {
  const plan = planIn(engine);
  const others = plan.slices.filter(({ number }) => number !== what.number);
  const changed = {
    'add-peer': { slices: [...others, what] },
    'remove-peer': { slices: others },
    'add-node': { nodes: [...plan.nodes, what.node] },
  }[command];
  const { files } = engine.state.containers[0] ?? {};
  files?.set(slicePaths.plan, Buffer.from(JSON.stringify({ ...plan, ...changed })));
}

/** Adds a node on that host. */
export async function addOn({ run }: Joining, host = third, ...args: readonly string[]) {
  return run(['node', 'add', '-c', 'lab', '--host', host, ...args]);
}

/** Fails unless all hosts are in their initial state. */
export async function expectUntouched(state: string, { engines, planOn }: Joining): Promise<void> {
  expect(engines.map((engine) => engine.state.containers.map(({ name, state: is }) => [name, is]))).toEqual([
    [['vcluster-box-lab-1', 'running']],
    [['vcluster-box-lab-2', 'running']],
    [],
  ]);
  expect(engines.map((engine) => engine.state.networks.length)).toEqual([1, 1, 0]);
  for (const host of [1, 2]) expect([planOn(host).slices.length, planOn(host).nodes.length]).toEqual([2, 4]);
  expect(await hintOf(state)).toBe('ssh://ops@192.0.2.1\nssh://ops@192.0.2.2\n');
}

/** Where the cluster's hosts are cached. */
export async function hintOf(state: string): Promise<string> {
  return readFile(join(state, 'vcluster-box', 'hosts', 'lab'), 'utf8');
}

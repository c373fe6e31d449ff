import { text } from 'node:stream/consumers';
import type { Inventory } from '../../src/plan/inventory.ts';
import { fakeCluster } from './fake-cluster.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';
import type { FakeContainer, FakeState } from './fake-state.ts';
import { votesFor } from './fake-votes.ts';

export interface FakeSlice {
  readonly engine: FakeEngine;
  /** the commands that it received, in order */
  readonly told: () => readonly (readonly [command: string, what: unknown])[];
}

type Answer = (command: string, what: unknown) => readonly object[] | number | undefined;

export const known: Inventory = {
  nodes: [
    { name: 'node1.example.com', group: 'default', role: 'master', vmCapable: true },
    { name: 'node2.example.com', group: 'default', role: 'candidate', vmCapable: true },
    { name: 'node3.example.com', group: 'default', role: 'candidate', vmCapable: true },
  ],
  instances: [
    {
      name: 'instance1.example.com',
      primary: 'node3.example.com',
      secondaries: [],
      template: 'diskless',
      addresses: [],
    },
    { name: 'instance2.example.com', primary: 'node2.example.com', secondaries: [], template: 'drbd', addresses: [] },
  ],
  groups: ['default'],
  templates: ['diskless', 'drbd'],
};

/** Of the same cluster after `gnt-node remove node3`. */
export const withoutNode3: Inventory = { ...known, nodes: known.nodes.slice(0, 2), instances: [] };

/**
 * A running cluster of three nodes. Its slice answers with events, the last of which can be `failed`, or with a
 * status.
 */
export function fakeSlice(
  answer: Answer = () => [],
  given: Partial<FakeState> = {},
  container: Partial<FakeContainer> = {},
  inventory: Inventory = known,
): FakeSlice {
  const told: [string, unknown][] = [];
  const limits = { memory: 1216 * 2 ** 20, pidsLimit: 520 };
  const engine = fakeEngine({
    containers: [fakeCluster('demo', 3, { ...limits, ...container })],
    onExec: async (_container, { argv }, { stdin, stdout }) => {
      const [, command = ''] = argv;
      const facts = { inventory: JSON.stringify(inventory), votes: votesFor([]) }[command];
      if (facts !== undefined) {
        stdout.write(facts);
        return 0;
      }
      // In a relay.
      if (stdin === undefined) return 0;
      const what: unknown = JSON.parse(await text(stdin));
      told.push([command, what]);
      const result = answer(command, what) ?? [];
      if (typeof result === 'number') return result;
      for (const event of result) stdout.write(`${JSON.stringify(event)}\n`);
      return result.some((event) => 'type' in event && event.type === 'failed') ? 1 : 0;
    },
    ...given,
  });
  return { engine, told: () => told };
}

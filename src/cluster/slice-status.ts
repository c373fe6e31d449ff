import type { Engine } from '../engine/engine.ts';
import type { NodeResources } from '../plan/plan.ts';
import type { Shape } from '../shape.ts';
import { askSlice } from './ask-slice.ts';
import { type SliceVotes, votesShape } from './master.ts';

/** The status that the slice's program reports: `vcluster-slice status`, in `vcluster_slice/report.py`. */
export interface SliceStatus {
  readonly ready: boolean;
  /** full version, such as `3.0.2`; null until the cluster is initialized */
  readonly ganeti: string | null;
  readonly cluster: { readonly name: string; readonly address: string; readonly master: string | null };
  readonly votes: SliceVotes;
  /** whether RAPI responds */
  readonly rapi: boolean;
  /** why the master runs no jobs; null if it does, and in slices without the master */
  readonly problem: string | null;
  /** what `sync` brought; null if nothing */
  readonly synced: SyncedTree | null;
  /** changes of vcluster-box that do not fit this Ganeti, and what does not work without them */
  readonly warnings?: readonly string[];
  readonly nodes: readonly SliceNode[];
}

export interface SyncedTree {
  /** version of the source tree */
  readonly version: string;
  /** by their paths in the tree */
  readonly files: readonly string[];
}

export interface SliceNode {
  readonly name: string;
  readonly address: string;
  /** as for a machine: `off`, `stopped` by the user, `paused`, or `running`, whatever the state of its daemons */
  readonly state: 'running' | 'off' | 'stopped' | 'paused';
  /**
   * `unjoined`: there is no cluster yet, or adding or removing the node was interrupted and the cluster does not know
   * it
   */
  readonly role: 'master' | 'candidate' | 'regular' | 'drained' | 'offline' | 'unjoined';
  /** whether the node responds to the master */
  readonly answers: boolean;
  /** the daemons that should run on the node, and whether each does */
  readonly daemons: Readonly<Record<string, boolean>>;
  /** the simulated resources that Ganeti finds on the node */
  readonly resources: NodeResources;
}

const shape = {
  ...{ ready: 'boolean', 'ganeti?': 'string', rapi: 'boolean', 'problem?': 'string', votes: votesShape },
  'warnings?': ['string'],
  cluster: { name: 'string', address: 'string', 'master?': 'string' },
  'synced?': { version: 'string', files: ['string'] },
  nodes: [
    {
      ...{ name: 'string', address: 'string', state: 'string', role: 'string', answers: 'boolean' },
      daemons: { '*': 'boolean' },
      resources: { '*': 'number' },
    },
  ],
} satisfies Shape;

/** @throws {SliceError} when the program fails */
export function readSliceStatus(engine: Engine, container: string): Promise<SliceStatus> {
  return askSlice(engine, container, { command: 'status', shape });
}

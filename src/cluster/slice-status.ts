import type { Engine } from '../engine/engine.ts';
import { SliceError } from '../errors.ts';
import type { NodeResources } from '../plan/plan.ts';
import { slicePaths } from '../plan/slice-paths.ts';
import { capture } from './exec.ts';
import type { SliceVotes } from './master.ts';

/** What the slice's program says of itself: `vcluster-slice status`, in `vcluster_slice/report.py`. */
export interface SliceStatus {
  readonly ready: boolean;
  /** full version, such as `3.0.2`; null before the cluster was initialised */
  readonly ganeti: string | null;
  readonly cluster: { readonly name: string; readonly address: string; readonly master: string | null };
  readonly votes: SliceVotes;
  /** whether RAPI answers */
  readonly rapi: boolean;
  readonly nodes: readonly SliceNode[];
}

export interface SliceNode {
  readonly name: string;
  readonly address: string;
  /** as of a machine: `off`, `stopped` on purpose, `paused`, or `running`, whatever its daemons do */
  readonly state: 'running' | 'off' | 'stopped' | 'paused';
  /** `unjoined`: its adding or removing broke off, and the cluster does not know it; or there is no cluster yet */
  readonly role: 'master' | 'candidate' | 'regular' | 'drained' | 'offline' | 'unjoined';
  /** whether the master gets an answer from it */
  readonly answers: boolean;
  /** which of the daemons that it is to run do run */
  readonly daemons: Readonly<Record<string, boolean>>;
  /** the simulated resources that Ganeti finds in it */
  readonly resources: NodeResources;
}

/** @throws {SliceError} when the program fails */
export async function readSliceStatus(engine: Engine, container: string): Promise<SliceStatus> {
  const { status, stdout, stderr } = await capture(engine, container, [slicePaths.program, 'status']);
  if (status !== 0) {
    const output = `${stdout}${stderr}`.trimEnd().split('\n').slice(-10);
    throw new SliceError(`container ${container} failed to report the status of its cluster (exit status ${status})`, {
      output,
    });
  }
  return JSON.parse(stdout) as SliceStatus;
}

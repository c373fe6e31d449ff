import type { ContainerDetails, ContainerSummary, Engine } from '../engine/engine.ts';
import { EngineError, NotFoundError } from '../errors.ts';
import { sliceNumber } from '../plan/labels.ts';
import type { PlannedNode } from '../plan/plan.ts';
import { waitUntil } from '../wait.ts';

/** A slice of a cluster that is currently not available. */
export interface MissingSlice {
  /** slice number */
  readonly slice: number;
  /** endpoint of its host, as in the plan */
  readonly endpoint: string;
  /** `elsewhere`: the endpoint now leads to another engine; `gone`: the container no longer exists on the host */
  readonly reason: 'unreachable' | 'elsewhere' | 'gone';
  /** description without the name of the host */
  readonly problem: string;
  readonly hint?: string | undefined;
}

/** Describes why a slice is missing. */
export function describeMissing(missing: MissingSlice): string {
  return `the host ${missing.endpoint} ${problemOf(missing)}`;
}

/** Like `describeMissing`, but without the name of the host. */
export function problemOf({ reason, problem }: MissingSlice): string {
  return reason === 'unreachable' ? `cannot be reached: ${problem}` : problem;
}

/**
 * Reports missing slices after an operation on all available slices of a cluster.
 *
 * @param what was done, as a sentence: `cluster demo is stopped`
 * @throws {EngineError} when slices are missing
 */
export function requireComplete(what: string, missing: readonly MissingSlice[]): void {
  if (missing.length === 0) return;
  const hint = missing.find((one) => one.hint !== undefined)?.hint;
  throw new EngineError(`${what}, but not on all hosts: ${missing.map(describeMissing).join('; ')}`, { hint });
}

/**
 * The error for an operation that needs the missing slice.
 *
 * @param what failed, as a sentence: `node node3.example.com cannot be reached`
 */
function missingError(what: string, missing: MissingSlice): EngineError {
  return new EngineError(`${what}: ${describeMissing(missing)}`, { hint: missing.hint });
}

/** The slices of a cluster. */
interface Slices {
  /** of the cluster */
  readonly name: string;
  readonly slices: readonly [ContainerSummary, ...ContainerSummary[]];
  readonly missing: readonly MissingSlice[];
}

/**
 * Checks that the whole cluster runs.
 *
 * @throws {NotFoundError} when a slice does not run
 * @throws {EngineError} when a slice cannot be reached
 */
export function requireRunning({ name, slices, missing: [missing] }: Slices): void {
  if (missing !== undefined) throw missingError(`cluster ${name} is incomplete`, missing);
  const down = slices.find(({ state }) => state !== 'running');
  if (down !== undefined) throw notRunning(name, down);
}

/**
 * Checks that at least one slice runs.
 *
 * @throws {NotFoundError} when none runs
 */
export function requireAnyRunning({ name, slices }: Slices): void {
  if (slices.every(({ state }) => state !== 'running')) throw notRunning(name, slices[0]);
}

/**
 * Returns the running slice of a node.
 *
 * @throws {NotFoundError} when the slice does not run, or is gone
 * @throws {EngineError} when the slice cannot be reached
 */
export function requireNode(cluster: Slices, node: PlannedNode): ContainerSummary {
  const slice = sliceOf(cluster, node);
  if (slice.state !== 'running') throw notRunning(cluster.name, slice);
  return slice;
}

/** Like `requireNode`, but the slice can be stopped. */
export function sliceOf({ name, slices, missing }: Slices, { names, slice: number }: PlannedNode): ContainerSummary {
  const slice = slices.find((one) => sliceNumber(one) === number);
  if (slice !== undefined) return slice;
  const node = names[0] ?? '';
  const lost = missing.find((one) => one.slice === number);
  if (lost !== undefined) throw missingError(`node ${node} of cluster ${name} cannot be reached`, lost);
  throw new NotFoundError(`slice ${number} of cluster ${name}, which has node ${node}, is gone`, {
    hint: `remove the cluster: vcluster-box down ${name}`,
  });
}

function notRunning(cluster: string, { name, state }: ContainerSummary): NotFoundError {
  const paused = state === 'paused';
  return new NotFoundError(`cluster ${cluster} is ${paused ? 'paused' : 'stopped'} (container ${name})`, {
    hint: paused ? `resume it: vcluster-box unpause ${cluster}` : `start it: vcluster-box start ${cluster}`,
  });
}

/** What happened to a slice while something ran in it. */
type SliceChange = 'removed' | 'stopped' | 'restarted' | 'paused';

/** @param timeoutMs how long to wait for a change: the end of a command comes a moment before that of its container */
export type ChangeOf = (timeoutMs?: number) => Promise<SliceChange | undefined>;

/**
 * Notes the state of a slice, for commands after a delay: it takes a request, and most commands end soon.
 *
 * @returns a function that finds out what has happened to the slice since then; `undefined` if nothing has
 */
export function watchSlice(engine: Engine, container: string, delayMs = 0): ChangeOf {
  let then: ContainerDetails | undefined;
  const note = async () => {
    then = await engine.inspectContainer(container).catch(() => undefined);
  };
  if (delayMs === 0) void note();
  else setTimeout(() => void note(), delayMs).unref();
  const changed = async () => {
    const now = await engine.inspectContainer(container);
    if (now === undefined) return 'removed';
    // Nothing starts in a paused slice, so it was paused since.
    if (now.state === 'paused') return 'paused';
    if (then?.state === now.state) return then.startedAt === now.startedAt ? undefined : 'restarted';
    return now.state === 'running' ? undefined : 'stopped';
  };
  return (timeoutMs = 0) => waitUntil(changed, { timeoutMs, intervalMs: 50 }).catch(() => undefined);
}

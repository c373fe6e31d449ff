import { isDeepStrictEqual } from 'node:util';
import type { ClusterRequest, GivenOptions } from '../../config/parse-cluster-spec.ts';
import type { ContainerSummary, Engine } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import { imageLabels } from '../../image/labels.ts';
import type { OwnGaneti } from '../../image/own/read-own.ts';
import { givenBefore, label, ofCluster, sliceNumber } from '../../plan/labels.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { findResources } from '../resources.ts';

/** A slice, and the engine that has it. */
export interface FoundSlice {
  readonly engine: Engine;
  readonly slice: ContainerSummary;
}

/** Creating all containers takes an `up` seconds.  After this, it was killed. */
const gracePeriodMs = 30_000;

/**
 * Whether these are all slices of a cluster that an `up` has not finished creating, on one host or several: one is
 * missing or was never started, and none was ever in a cluster (`vcluster_slice`'s `PROVISIONED`).
 */
export async function isPartlyCreated(found: readonly FoundSlice[]): Promise<boolean> {
  if (found.length === 0 || isComplete(found)) return false;
  return !(await wasProvisioned(found));
}

function isComplete(found: readonly FoundSlice[]): boolean {
  const numbers = new Set(found.map(({ slice }) => sliceNumber(slice)));
  return numbers.size >= sliceCount(found) && found.every(({ slice }) => slice.state !== 'created');
}

function sliceCount(found: readonly FoundSlice[]): number {
  return Math.max(...found.map(({ slice }) => Number(slice.labels[label.slices] ?? 1)));
}

/** Slices that were never started need no check; they can lack files. */
async function wasProvisioned(found: readonly FoundSlice[]): Promise<boolean> {
  const started = found.filter(({ slice }) => slice.state !== 'created');
  const marks = await Promise.all(
    started.map(({ engine, slice }) => engine.readFile(slice.id, slicePaths.provisioned)),
  );
  return marks.some((mark) => mark !== undefined);
}

/** Whether an `up` can still be creating it.  Asks the engines for their time. */
export async function isInGracePeriod(found: readonly FoundSlice[]): Promise<boolean> {
  const ages = await Promise.all(
    found.map(async ({ engine, slice }) => (await engine.describe()).systemTime - slice.createdAt * 1000),
  );
  return ages.some((age) => age < gracePeriodMs);
}

/**
 * Refuses other options than those that it was begun with.  An existing cluster keeps options that are not given again,
 * but this one is created again, and would lack them.
 *
 * @throws {ConflictError} naming the options that differ, or else those that are missing
 */
export function refuseOtherOptions(
  found: readonly FoundSlice[],
  { spec, given }: ClusterRequest,
  own: OwnGaneti | undefined,
): void {
  const { changed, missing } = compareOptions(found, given, own);
  const options = changed.length > 0 ? changed : missing;
  if (options.length === 0) return;
  throw new ConflictError(`cluster ${spec.name} is only partly created, with other options: ${options.join(', ')}`, {
    hint: `rerun with the original options to recreate it, or remove it: vcluster-box down ${spec.name}`,
  });
}

function compareOptions([first]: readonly FoundSlice[], given: GivenOptions, own: OwnGaneti | undefined) {
  const before: Readonly<Record<string, unknown>> = first === undefined ? {} : { ...givenBefore(first.slice) };
  // The label holds JSON, which has no `undefined`.
  const now = JSON.parse(JSON.stringify(given)) as Readonly<Record<string, unknown>>;
  const ganeti = first?.slice.labels[imageLabels.own];
  return {
    changed: [
      ...Object.keys(now).filter((option) => !isDeepStrictEqual(now[option], before[option])),
      ...(own === undefined || own.hash === ganeti ? [] : [own.kind]),
    ],
    missing: [
      ...Object.keys(before).filter((option) => !(option in now)),
      ...(own === undefined && ganeti !== undefined ? ['packages or tree'] : []),
    ],
  };
}

/** What the user is told before it is removed. */
export function describePartlyCreated(found: readonly FoundSlice[], name: string): string {
  const numbers = found.map(({ slice }) => sliceNumber(slice)).sort((a, b) => a - b);
  const count = sliceCount(found);
  const which = numbers.length === 1 ? `slice ${numbers.join()}` : `slices ${numbers.join(', ')}`;
  const what =
    numbers.length < count
      ? `only ${which} of ${count} ${numbers.length === 1 ? 'exists' : 'exist'}`
      : 'not all of its slices were started';
  return `Cluster ${name} is only partly created: ${what}.  It is removed and created again.`;
}

/**
 * Removes a partly created cluster, and nothing that was created since it was found.
 *
 * Slices that were never started go first, and the engine refuses if one was started meanwhile: then it can become a
 * cluster, and stays.  Without those, or without one that is missing, the others cannot become one: they wait for all.
 *
 * @throws {ConflictError} when one was started meanwhile
 */
export async function removePartlyCreated(found: readonly FoundSlice[], name: string): Promise<void> {
  const engines = [...new Set(found.map(({ engine }) => engine))];
  const networks = await Promise.all(
    engines.map(async (engine) => ({ engine, ids: (await findResources(engine, ofCluster(name))).networks })),
  );
  const idle = found.filter(({ slice }) => slice.state === 'created');
  const others = found.filter(({ slice }) => slice.state !== 'created');
  const removed = await Promise.all(idle.map(({ engine, slice }) => engine.removeStopped(slice.id)));
  if (removed.includes(false) || (await wasProvisioned(others))) throw startedMeanwhile(name);
  await Promise.all(others.map(({ engine, slice }) => engine.removeContainer(slice.id)));
  await Promise.all(networks.flatMap(({ engine, ids }) => ids.map((id) => engine.removeNetwork(id))));
}

function startedMeanwhile(name: string): ConflictError {
  return new ConflictError(`cluster ${name} was only partly created, and another command has just started it`, {
    hint: `try again, or remove it: vcluster-box down ${name}`,
  });
}

import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import { ConflictError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { isSlice, ofCluster, sliceNumber } from '../../plan/labels.ts';
import { findThere, type Search, type There } from './find-there.ts';
import { compareOptions, isHalfMade, type Part, sliceCount } from './half-made.ts';
import type { Host } from './host.ts';
import { onAllHosts } from './on-host.ts';
import { hostsStep } from '../up/steps.ts';
import { removeHalfMade } from './remove-half-made.ts';

/** Between the making of a slice's container and the start of the last one pass seconds; who needs longer is no more. */
const youngMs = 30_000;
const patienceMs = 60_000;

/** A slice that is on one of the hosts that were named. */
export interface PartOnHost extends Part {
  readonly host: Host;
}

/**
 * The cluster of that name, when nobody is just making it.  What an `up` has left half-made is removed, if this is the same request: then there is none.
 *
 * @throws {ConflictError} when it is half-made by another request, or is one on a single host
 */
export async function settle(
  hosts: readonly Host[],
  search: Search,
  { request, report }: { readonly request: ClusterRequest; readonly report: Report },
): Promise<There | undefined> {
  const deadline = performance.now() + patienceMs;
  let waiting = false;
  for (;;) {
    const parts = await findParts(hosts, search.name);
    if (!(await isHalfMade(parts))) return findThere(hosts, search);
    refuseOther(parts, request);
    if (!parts.some(isYoung)) {
      refuseUnsaid(parts, request);
      report({ type: 'notice', message: tellHalfMade(parts, search.name) });
      await removeHalfMade(hosts, parts, search.name);
      return undefined;
    }
    if (performance.now() > deadline) throw gaveUp(search.name);
    if (!waiting) tellWaiting(search.name, report);
    waiting = true;
    await delay(200);
    search.signal.throwIfAborted();
  }
}

async function findParts(hosts: readonly Host[], name: string): Promise<readonly PartOnHost[]> {
  const found = await onAllHosts(hosts, async (host) => {
    const slices = (await host.engine.findContainers(ofCluster(name))).filter(isSlice);
    return slices.map((slice) => ({ host, engine: host.engine, slice }));
  });
  return found.flat();
}

/** By the clock of its engine. */
function isYoung({ host: { clock }, slice: { createdAt } }: PartOnHost): boolean {
  return Date.now() + clock.aheadMs - createdAt * 1000 < youngMs;
}

function refuseOther(parts: readonly Part[], { spec, given }: ClusterRequest): void {
  const { other } = compareOptions(parts, given);
  if (other.length > 0) throw begunOtherwise(spec.name, other);
}

/** What was asked for then and is not said now is no contradiction to a cluster that is there, but this one would be made without it. */
function refuseUnsaid(parts: readonly Part[], { spec, given }: ClusterRequest): void {
  const { unsaid } = compareOptions(parts, given);
  if (unsaid.length > 0) throw begunOtherwise(spec.name, unsaid);
}

function begunOtherwise(name: string, options: readonly string[]): ConflictError {
  return new ConflictError(`cluster ${name} is half-made, and was begun with other options: ${options.join(', ')}`, {
    hint: `give the same as then to have it made anew, or remove what there is: vcluster-box down ${name}`,
  });
}

function gaveUp(name: string): ConflictError {
  return new ConflictError(`another \`up\` is making the cluster ${name}, and does not get far`, { hint: 'try again' });
}

function tellHalfMade(parts: readonly Part[], name: string): string {
  const numbers = parts.map(({ slice }) => sliceNumber(slice)).sort((a, b) => a - b);
  const count = sliceCount(parts);
  const which =
    numbers.length === 1 ? `slice ${numbers.join()} of ${count} is` : `slices ${numbers.join(', ')} of ${count} are`;
  const what = numbers.length < count ? `only ${which} there` : 'not all of its slices were started';
  return `Cluster ${name} was left half-made: ${what}, and none was ever ready.  It is removed, and made anew.`;
}

function tellWaiting(name: string, report: Report): void {
  const message = `Another \`up\` is making the cluster ${name}, or was killed at it: waiting for it.`;
  report({ type: 'notice', message });
  // On a terminal, notices come when all steps are done.
  report({ type: 'step-progress', id: hostsStep.id, text: message });
}

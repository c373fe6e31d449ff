import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { findFault } from '../healthy.ts';
import { followBoot } from './follow-boot.ts';
import type { SliceStep } from './steps.ts';

export interface Patience {
  readonly timeoutSeconds: number;
  /** aborts when the user interrupts */
  readonly signal: AbortSignal;
  readonly report: Report;
  /** what its boot was announced to do */
  readonly steps: readonly SliceStep[];
}

/**
 * Waits until the cluster in a container that was started, by whomever, says that it is ready.
 *
 * @throws {SliceError} when its boot fails or takes too long
 */
export async function waitReady(engine: Engine, container: string, patience: Patience): Promise<void> {
  const { report, ...rest } = patience;
  const details = await engine.inspectContainer(container);
  const since = Date.parse(details?.startedAt ?? '') / 1000;
  await followBoot(engine, { ...rest, container, since: Number.isNaN(since) ? 0 : since }, report);
}

/**
 * That a cluster was ready once says nothing of now, if its boot is long past.
 *
 * @param cluster its name
 * @throws {SliceError} when it does not answer
 */
export async function requireAnswer(engine: Engine, container: string, cluster: string): Promise<void> {
  const fault = await findFault(engine, container);
  if (fault !== undefined) throw doesNotAnswer(cluster, fault);
}

function doesNotAnswer(cluster: string, fault: string): SliceError {
  const [, node] = /^the master (\S+) is stopped/.exec(fault) ?? [];
  const hint = node === undefined ? `restart it: vcluster-box restart ${cluster}` : startNode(cluster, node);
  return new SliceError(`cluster ${cluster} runs, but does not answer: ${fault}`, { hint });
}

function startNode(cluster: string, node: string): string {
  return `start that node: vcluster-box start ${cluster} --node ${node}`;
}

import type { Engine } from '../../engine/engine.ts';
import { ConflictError, SliceError, VclusterError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { keepLast } from '../../lines.ts';
import { findFault, isRemoved } from '../inspect.ts';
import { watchAllStarted } from '../multi-host/all-started.ts';
import { type BootProgress, bootProgress, parseSliceEvent, type SliceEvent } from './boot-progress.ts';
import { onAllHosts, type SliceHost, withHostPrefix } from './hosts.ts';
import type { SliceStep } from './steps.ts';

export interface Boot {
  readonly timeoutSeconds: number;
  /** as they were announced */
  readonly steps: readonly SliceStep[];
  /** aborts when the user interrupts */
  readonly signal: AbortSignal;
  readonly report: Report;
}

/** When one slice fails, the others often fail for the same reason a moment later, and report it from their side. */
const failureWindowMs = 2500;

/**
 * Waits until all slices, which have been started, say that they are ready; reports their steps.
 *
 * @throws {VclusterError} of the first slice that fails or takes too long
 */
export async function waitReady(hosts: readonly SliceHost[], boot: Boot): Promise<void> {
  const { signal } = boot;
  const watch = watchAllStarted(hosts, boot.report);
  const progressOf = bootProgress(watch.report, boot.steps, hosts);
  const over = new AbortController();
  const failures: unknown[] = [];
  const together = AbortSignal.any([signal, over.signal]);
  const boots = hosts.map(async (host) => {
    try {
      const progress = progressOf(host);
      await followBoot(host.engine, host.container, { ...boot, signal: together, progress });
    } catch (error) {
      if (!over.signal.aborted) failures.push(withHostPrefix(host, error));
      setTimeout(() => {
        over.abort(new SliceError('another slice failed'));
      }, failureWindowMs).unref();
      throw error;
    }
  });
  try {
    await Promise.all(boots);
  } catch (error) {
    signal.throwIfAborted();
    await Promise.allSettled(boots);
    throw withEchoes(failures) ?? error;
  } finally {
    watch.stop();
  }
}

/** The first failure, with the messages of the others. */
function withEchoes([first, ...others]: readonly unknown[]): unknown {
  if (!(first instanceof VclusterError) || others.length === 0) return first;
  const echoes = others.flatMap((error) => (error instanceof VclusterError ? [error.message] : []));
  return new SliceError(first.message, {
    hint: first.hint,
    output: [...first.output, ...echoes],
    cause: first.cause,
  });
}

interface FollowedBoot extends Boot {
  readonly progress: BootProgress;
}

async function followBoot(engine: Engine, container: string, boot: FollowedBoot): Promise<void> {
  const { timeoutSeconds, signal: interrupted, progress } = boot;
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  const stop = new AbortController();
  const signal = AbortSignal.any([interrupted, timeout, stop.signal]);
  const otherLines: string[] = [];
  try {
    const since = await startTime(engine, container);
    for await (const { text } of engine.followLogs(container, { follow: true, since, signal })) {
      if (followLine(text, progress, otherLines) === 'ready') return;
    }
    interrupted.throwIfAborted();
    if (timeout.aborted) throw timedOut(timeoutSeconds, progress.doing());
    throw await ended(engine, container, progress.doing(), otherLines);
  } catch (error) {
    progress.fail();
    throw error;
  } finally {
    stop.abort();
  }
}

/** Lines before it are of an earlier start.  Seconds since the epoch, by the engine's clock. */
async function startTime(engine: Engine, container: string): Promise<number> {
  const startedAt = Date.parse((await engine.inspectContainer(container))?.startedAt ?? '') / 1000;
  return Number.isNaN(startedAt) ? 0 : startedAt;
}

/** @throws {SliceError} when the line says that a step failed */
function followLine(line: string, progress: BootProgress, otherLines: string[]): 'ready' | 'booting' {
  const event = parseSliceEvent(line);
  if (event === undefined) keepLast(otherLines, line, 15);
  else if (event.type === 'failed') throw bootError(event);
  else progress.event(event);
  if (event?.type !== 'ready') return 'booting';
  progress.end();
  return 'ready';
}

function bootError({ title, node, message, hint, log, logfile }: SliceEvent): SliceError {
  const where = node === undefined ? '' : ` on ${node}`;
  const source = logfile === undefined ? [] : [`(last lines of ${logfile} in the slice)`];
  return new SliceError(`${title ?? 'The boot of the slice'} failed${where}: ${message ?? 'no reason was given'}`, {
    hint,
    output: [...(log ?? []), ...source],
  });
}

function timedOut(timeoutSeconds: number, doing: string): SliceError {
  return new SliceError(`the cluster was not ready after ${timeoutSeconds} s; last step: ${doing}`, {
    hint: 'on a slow or busy machine, give it longer: --timeout 10m',
  });
}

async function ended(engine: Engine, container: string, doing: string, output: readonly string[]) {
  const removed = await isRemoved(engine, container);
  const details = await engine.inspectContainer(container);
  if (removed || details === undefined) return removedMeanwhile(container);
  const { exitCode, oomKilled } = details;
  const how = oomKilled ? 'ran out of memory' : exitCode === 137 ? 'was killed' : `exited with status ${exitCode}`;
  return new SliceError(`container ${container} ${how} before it was ready; last step: ${doing}`, {
    output,
    hint: oomKilled ? 'give it more: --memory 4g' : undefined,
  });
}

export function removedMeanwhile(container: string): ConflictError {
  return new ConflictError(`another command removed container ${container} while the cluster started`);
}

/**
 * A slice that was ready once is perhaps not ready now, if its boot was long ago.
 *
 * @throws {SliceError} when the cluster does not answer
 */
export async function requireAnswer(hosts: readonly SliceHost[], cluster: string): Promise<void> {
  await onAllHosts(hosts, async ({ engine, container }) => {
    const fault = await findFault(engine, container);
    if (fault === undefined) return;
    const [, node] = /^the master (\S+) is stopped/.exec(fault) ?? [];
    const hint =
      node === undefined
        ? `restart it: vcluster-box restart ${cluster}`
        : `start that node: vcluster-box start ${cluster} --node ${node}`;
    throw new SliceError(`cluster ${cluster} runs, but does not answer: ${fault}`, { hint });
  });
}

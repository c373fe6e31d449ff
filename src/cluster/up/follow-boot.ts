import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { type BootProgress, bootProgress } from './boot-progress.ts';
import type { SliceStep } from './steps.ts';
import { parseSliceEvent, type SliceEvent } from './slice-event.ts';

export interface Boot {
  readonly container: string;
  /** only what was logged from then on belongs to this start; seconds since the epoch, by the engine's clock */
  readonly since: number;
  readonly timeoutSeconds: number;
  /** as they were announced */
  readonly steps: readonly SliceStep[];
  /** aborts when the user interrupts */
  readonly signal: AbortSignal;
}

/**
 * Follows a slice's log until it says that its cluster is ready, and tells of its steps.
 *
 * @throws {SliceError} when a step fails, the slice ends, or it takes longer than it may
 * @throws the signal's reason when it aborts
 */
export async function followBoot(engine: Engine, boot: Boot, report: Report): Promise<void> {
  const progress = bootProgress(report, boot.steps);
  const timeout = AbortSignal.timeout(boot.timeoutSeconds * 1000);
  const stop = new AbortController();
  const signal = AbortSignal.any([boot.signal, timeout, stop.signal]);
  const strange: string[] = [];
  try {
    for await (const { text } of engine.followLogs(boot.container, { follow: true, since: boot.since, signal })) {
      if (tell(text, progress, strange) === 'ready') return;
    }
    boot.signal.throwIfAborted();
    throw timeout.aborted ? tookTooLong(boot, progress.doing()) : await ended(engine, boot, progress.doing(), strange);
  } catch (error) {
    progress.fail();
    throw error;
  } finally {
    stop.abort();
  }
}

/** @throws {SliceError} when the line says that a step failed */
function tell(line: string, progress: BootProgress, strange: string[]): 'ready' | 'booting' {
  const event = parseSliceEvent(line);
  if (event === undefined) strange.push(line);
  else if (event.type === 'failed') throw asError(event);
  else progress.tell(event);
  if (event?.type !== 'ready') return 'booting';
  progress.end();
  return 'ready';
}

function asError({ title, node, message, hint, log, logfile }: SliceEvent): SliceError {
  const where = node === undefined ? '' : ` on ${node}`;
  const source = logfile === undefined ? [] : [`(last lines of ${logfile} in the slice)`];
  return new SliceError(`${title ?? 'The boot of the slice'} failed${where}: ${message ?? 'no reason was given'}`, {
    hint,
    output: [...(log ?? []), ...source],
  });
}

function tookTooLong({ timeoutSeconds }: Boot, doing: string): SliceError {
  return new SliceError(`the cluster was not ready after ${timeoutSeconds} s; it was busy with: ${doing}`, {
    hint: 'on a slow or busy machine, give it longer: --timeout 10m',
  });
}

async function ended(
  engine: Engine,
  { container }: Boot,
  doing: string,
  output: readonly string[],
): Promise<SliceError> {
  const details = await engine.inspectContainer(container);
  if (details === undefined) return new SliceError(`container ${container} was removed while it started`);
  const killed = details.exitCode === 137;
  const how = killed ? 'was killed, perhaps for want of memory' : `ended with status ${details.exitCode}`;
  return new SliceError(`container ${container} ${how}, before it was ready; it was busy with: ${doing}`, {
    output: output.slice(-15),
    hint: killed ? 'give it more: --memory 4g' : undefined,
  });
}

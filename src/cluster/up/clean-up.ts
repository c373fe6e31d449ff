import type { EngineProvider } from '../../engine/engine-provider.ts';
import { InterruptedError, UnreachableError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { withTimeout } from '../../wait.ts';
import { isRemoved } from '../inspect.ts';
import { connectMultiEngine, rememberHosts } from '../multi-engine/multi-engine.ts';
import { removedMeanwhile } from './follow-boot.ts';
import { hostPrefix, type SliceHost } from './hosts.ts';
import { keepExport } from './keep-diagnostics.ts';
import type { Rollback } from './rollback.ts';

export interface AfterFailure {
  readonly report: Report;
  readonly stateDirectory: string;
  /** of the log's file, without ending */
  readonly logName: string;
  /** Stop what was created instead of removing it, so that the user can look into it. */
  readonly keep: boolean;
  readonly cluster: string;
  /** of vcluster-box */
  readonly version: string;
}

/**
 * Saves the logs of the slices of a start that failed, and an export of the cluster; removes what the run created.
 *
 * @returns the error for the user: the given one, whatever goes wrong here
 */
export async function cleanUp(
  engines: EngineProvider,
  error: unknown,
  rollback: Rollback,
  after: AfterFailure,
): Promise<unknown> {
  const { report, keep } = after;
  const hosts = rollback.hosts();
  const reason = await findReason(error, hosts);
  const diagnose = reason === error && !(reason instanceof InterruptedError);
  // At once, because each can wait for a host that does not answer.
  await Promise.all([
    rollback.keepLogs(report, { stateDirectory: after.stateDirectory, name: after.logName }),
    diagnose ? exportCluster(engines, error, rollback, after) : undefined,
  ]);
  const left = keep ? await rollback.stop() : await rollback.undo();
  for (const host of left) reportLeft(host, after);
  if (hosts.length === 0) return reason;
  const message = `The stopped slices are kept.  To remove the cluster: vcluster-box down ${after.cluster}`;
  if (keep) report({ type: 'notice', message });
  else await rememberHosts(after.stateDirectory, after.cluster, left).catch(() => undefined);
  return describeInterruption(reason, keep || left.length > 0);
}

/** The given error, unless it occurred because another command has removed a slice meanwhile. */
async function findReason(error: unknown, hosts: readonly SliceHost[]): Promise<unknown> {
  if (error instanceof InterruptedError) return error;
  const removed = await Promise.all(
    hosts.map(({ engine, container }) => withTimeout(isRemoved(engine, container), 5000).catch(() => false)),
  );
  const host = hosts.find((_, index) => removed[index] === true);
  return host === undefined ? error : removedMeanwhile(host.container);
}

function describeInterruption(error: unknown, something: boolean): unknown {
  if (!(error instanceof InterruptedError)) return error;
  return error.saying(something ? 'interrupted' : 'interrupted; what this run had created was removed');
}

/** Of the slices whose hosts answer; the others are named in it. */
async function exportCluster(engines: EngineProvider, error: unknown, rollback: Rollback, after: AfterFailure) {
  const hosts = await rollback.answering();
  const [first] = hosts;
  if (first === undefined) return;
  const connect: EngineProvider['connect'] = (endpoint) => {
    const host = hosts.find((one) => one.endpoint === endpoint);
    if (host !== undefined) return Promise.resolve(host.engine);
    return Promise.reject(new UnreachableError(`host ${endpoint} cannot be reached`, 'it does not answer'));
  };
  const engine = await connectMultiEngine(
    { ...engines, connect, engine: () => Promise.resolve(first.engine) },
    after.stateDirectory,
  );
  const { report, stateDirectory, logName: name, version } = after;
  const failure = error instanceof Error ? error.message : String(error);
  const file = await keepExport(engine, after.cluster, { report, stateDirectory, name, version, failure });
  if (file !== undefined) report({ type: 'notice', message: `Diagnostics for a bug report: ${file}` });
}

function reportLeft(host: SliceHost, { report, cluster, keep }: AfterFailure): void {
  const what = `${hostPrefix(host)}slice ${host.number} of cluster ${cluster}`;
  report({
    type: 'warning',
    message: `${what} could not be ${keep ? 'stopped' : 'removed'}`,
    hint: `when the engine answers again: vcluster-box down ${cluster}`,
  });
}

import type { Engine } from '../../engine/engine.ts';
import { InterruptedError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { keepExport } from './keep-export.ts';
import { keepLog } from './keep-log.ts';
import type { Made } from './undo.ts';

export interface AfterFailure {
  readonly report: Report;
  readonly stateDirectory: string;
  /** of the log's file, without ending */
  readonly logName: string;
  /** Stop what was made instead of removing it, so that the user can look into it. */
  readonly keep: boolean;
  readonly cluster: string;
  /** of vcluster-box */
  readonly version: string;
}

/**
 * Saves the log of a start that failed, and an export of the cluster, and removes what the run made.
 *
 * @returns the error that the user is to see: the one given, whatever goes wrong here
 */
export async function cleanUp(engine: Engine, error: unknown, made: Made, after: AfterFailure): Promise<unknown> {
  const container = made.currentContainer();
  if (container !== undefined) await tellLog(engine, container, after);
  if (container !== undefined && !(error instanceof InterruptedError)) await tellExport(engine, error, after);
  const tidied = await tidy(engine, made, after.keep);
  tellRest(after, tidied, container !== undefined);
  if (!(error instanceof InterruptedError) || container === undefined) return error;
  return error.saying(tidied && !after.keep ? 'interrupted; what this run had made was removed' : 'interrupted');
}

async function tellLog(engine: Engine, container: string, { report, stateDirectory, logName }: AfterFailure) {
  const log = await keepLog(engine, container, { stateDirectory, name: logName });
  if (log !== undefined) report({ type: 'notice', message: `The slice's log is kept in ${log}` });
}

/** @param engine by which all of the cluster is reached */
export async function tellExport(engine: Engine, error: unknown, after: AfterFailure) {
  const { report, stateDirectory, logName, cluster, version } = after;
  const failure = error instanceof Error ? error.message : String(error);
  const file = await keepExport(engine, cluster, { stateDirectory, name: logName, version, failure });
  if (file !== undefined) report({ type: 'notice', message: `For a bug report, all there is to know is in ${file}` });
}

function tellRest({ report, keep, cluster }: AfterFailure, tidied: boolean, made: boolean): void {
  if (!tidied) {
    report({
      type: 'warning',
      message: `what was made for the cluster ${cluster} could not be removed`,
      hint: `when the engine answers again: vcluster-box down ${cluster}`,
    });
  } else if (keep && made) {
    report({ type: 'notice', message: `The stopped container is kept.  Remove it: vcluster-box down ${cluster}` });
  }
}

async function tidy(engine: Engine, made: Made, keep: boolean): Promise<boolean> {
  try {
    const container = made.currentContainer();
    if (!keep) await made.undo();
    else if (container !== undefined) await engine.stopContainer(container, 30);
    return true;
  } catch {
    return false;
  }
}

import { forgetHosts, rememberHosts } from '../fleet/hints.ts';
import { InterruptedError, UnreachableError } from '../../errors.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { connectFleet } from '../fleet/fleet.ts';
import { type AfterFailure, tellExport } from '../up/clean-up.ts';
import type { MadeOn } from './made-on.ts';
import type { Placed } from './result-hosts.ts';

/**
 * Saves the logs of the slices of a start that failed, and removes what the run made, on all hosts.
 *
 * @returns the error that the user is to see
 */
export async function cleanUpHosts(
  error: unknown,
  made: MadeOn,
  { engines, ...after }: AfterFailure & { readonly engines: EngineProvider },
): Promise<unknown> {
  const { report, stateDirectory, logName, keep } = after;
  // Another run may be at work, which is not ours to clear away.
  if (!made.any()) return error;
  // At once, for each may have to wait for a host that is gone.
  await Promise.all([
    made.keepLogs(report, { stateDirectory, name: logName }),
    error instanceof InterruptedError ? undefined : exportWhole(error, made, { engines, ...after }),
  ]);
  if (keep) tellKept(after);
  return tidied(made, after, error instanceof InterruptedError ? interrupted(error, keep) : error);
}

/** Of the slices on all hosts that still answer; the others are named in it. */
async function exportWhole(
  error: unknown,
  made: MadeOn,
  { engines, ...after }: AfterFailure & { readonly engines: EngineProvider },
) {
  const hosts = await made.answering();
  const [first] = hosts;
  if (first === undefined) return;
  const connect: EngineProvider['connect'] = (endpoint) => {
    const host = hosts.find((one) => one.endpoint === endpoint);
    if (host !== undefined) return Promise.resolve(host.engine);
    return Promise.reject(new UnreachableError(`the host ${endpoint} cannot be reached`, 'it does not answer'));
  };
  const engine = await connectFleet(
    { ...engines, connect, engine: () => Promise.resolve(first.engine) },
    after.stateDirectory,
  );
  await tellExport(engine, error, after);
}

async function tidied(made: MadeOn, after: AfterFailure, error: unknown): Promise<unknown> {
  const left = after.keep ? await made.stop() : await made.undo();
  for (const host of left) tellLeft(host, after);
  await noteLeft(left, after).catch(() => undefined);
  return error;
}

/** What is left is found again where it is. */
async function noteLeft(left: readonly Placed[], { stateDirectory, cluster, keep }: AfterFailure): Promise<void> {
  if (keep) return;
  if (left.length === 0) await forgetHosts(stateDirectory, cluster);
  else
    await rememberHosts(
      stateDirectory,
      cluster,
      left.map(({ endpoint }) => endpoint),
    );
}

function interrupted(error: InterruptedError, keep: boolean): InterruptedError {
  return error.saying(keep ? 'interrupted' : 'interrupted; what this run had made was removed');
}

function tellKept({ report, cluster }: AfterFailure): void {
  const message = `The stopped containers are kept.  Remove them: vcluster-box down ${cluster}`;
  report({ type: 'notice', message });
}

function tellLeft({ endpoint, number }: Placed, { report, cluster, keep }: AfterFailure): void {
  const what = keep ? 'stopped' : 'removed';
  report({
    type: 'warning',
    message: `host ${endpoint}: what was made there for the cluster ${cluster} (slice ${number}) could not be ${what}`,
    hint: `when it answers again: vcluster-box down ${cluster}`,
  });
}

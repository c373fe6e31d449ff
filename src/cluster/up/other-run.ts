import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { Engine } from '../../engine/engine.ts';
import { ConflictError, NameTakenError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { Existing } from './existing.ts';
import { findSettled } from './settled.ts';

const patienceMs = 5000;

/** @returns `undefined` when another run was the first to take the container's name */
export async function unlessNameTaken<T>(created: Promise<T>): Promise<T | undefined> {
  try {
    return await created;
  } catch (error) {
    if (error instanceof NameTakenError) return undefined;
    throw error;
  }
}

/**
 * The cluster that another run has just begun to make.  The engine gives a name away some time before the container with
 * it can be found, and a run that meets a busy port makes its container twice.
 *
 * @throws {ConflictError} when that run gives up
 */
export async function findOther(
  engine: Engine,
  { request, report, signal }: { request: ClusterRequest; report: Report; signal: AbortSignal },
): Promise<Existing> {
  const { name } = request.spec;
  report({ type: 'notice', message: `Another \`up\` is making the cluster ${name}: waiting for it.` });
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const other = await findSettled(engine, name, new Date());
    if (other !== undefined) return other;
    await delay(50);
  }
  throw new ConflictError(`another \`up\` was making the cluster ${name}, and has removed it again`, {
    hint: 'try again',
  });
}

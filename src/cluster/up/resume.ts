import type { ClusterRequest, GivenOptions } from '../../config/parse-cluster-spec.ts';
import type { Engine } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { runStep } from '../../steps.ts';
import { planCluster } from '../../plan/plan-cluster.ts';
import type { Plan } from '../../plan/plan.ts';
import { isHealthy } from '../healthy.ts';
import { writePlan } from './create.ts';
import { findDifferences, givenBefore } from './differences.ts';
import type { Existing } from './existing.ts';
import { startAgain } from './start-again.ts';
import { containerStep } from './steps.ts';
import type { Made } from './undo.ts';

/** What is to be done about a cluster that is there. */
export type Resumed = { readonly plan: Plan } & ({ readonly state: 'ready' } | { readonly state: 'booting' });

/**
 * Goes on where an earlier `up` ended, or another one is just now: starts the cluster if it does not run.
 *
 * @throws {ConflictError} when options were given that differ from what is, or the cluster is paused
 */
export async function resume(
  engine: Engine,
  existing: Existing,
  request: ClusterRequest,
  { report, made }: { readonly report: Report; readonly made: Made },
): Promise<Resumed> {
  const { container } = existing;
  refuseSuites(existing, request.spec.name);
  await refuseDifferences(engine, existing, request);
  if (container.state === 'paused') {
    throw new ConflictError(`cluster ${request.spec.name} is paused`, {
      hint: `resume it: vcluster-box unpause ${request.spec.name}`,
    });
  }
  if (container.state !== 'running') {
    const plan = await runStep(report, containerStep, () => goOn(engine, existing, request, made));
    return { state: 'booting', plan };
  }
  const plan = existing.plan ?? planAgain(existing, request);
  return { state: (await isHealthy(engine, container.id)) ? 'ready' : 'booting', plan };
}

async function goOn(engine: Engine, existing: Existing, request: ClusterRequest, made: Made): Promise<Plan> {
  const plan = existing.plan ?? planAgain(existing, request);
  if (existing.plan === undefined) await writePlan(engine, existing.container.id, plan);
  await startAgain(engine, request.spec.name, existing.container, made.network);
  return plan;
}

/** The plan that the earlier `up` would have written: from the options that it was given. */
function planAgain({ container }: Existing, { spec }: ClusterRequest): Plan {
  const before: GivenOptions = givenBefore(container);
  return planCluster({ ...spec, ...before });
}

/** There is no cluster in it that could be waited for. */
function refuseSuites({ plan }: Existing, name: string): void {
  if (plan?.provision !== false) return;
  throw new ConflictError(`${name} was made for the QA suite, which makes and destroys its cluster by itself`, {
    hint: `choose another name, or remove it: vcluster-box down ${name}`,
  });
}

async function refuseDifferences(engine: Engine, existing: Existing, request: ClusterRequest): Promise<void> {
  const { spec, given } = request;
  const image = await engine.inspectImage(existing.container.image);
  const differences = findDifferences(given, {
    ...existing,
    plan: existing.plan ?? planAgain(existing, request),
    image,
  });
  if (differences.length === 0) return;
  throw new ConflictError(`cluster ${spec.name} is there with other options: ${differences.join('; ')}`, {
    hint: `leave these options out to go on with it as it is, or make it anew: vcluster-box down ${spec.name}`,
  });
}

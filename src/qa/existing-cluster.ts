import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import { ConflictError, InterruptedError } from '../errors.ts';
import { ensureQaImage, type QaImageRequest } from '../image/ensure-qa-image.ts';
import { imageSteps } from '../image/image-steps.ts';
import { imageLabels } from '../image/labels.ts';
import { findExecTarget } from '../cluster/exec-target.ts';
import { findCluster } from '../cluster/find.ts';
import { engineOf } from '../cluster/fleet/fleet.ts';
import { inspectFirst } from '../cluster/inspect.ts';
import { readPlan } from '../cluster/living-plan.ts';
import { readInventory } from '../cluster/node/inventory.ts';
import { abortOn } from '../cluster/up/interruption.ts';
import type { UpContext } from '../cluster/up/up.ts';
import { unequip } from './install-suite.ts';
import type { QaResult } from './result.ts';
import { testSlice, type QaWishes } from './test-slice.ts';

/**
 * Runs the suite on a cluster that is there, which stays: without the tests that make and destroy it.
 *
 * @param name see `findCluster`
 * @throws {ConflictError} when it has instances, which the suite would stop, or its first node is not the master
 */
export async function qaExistingCluster(
  engine: Engine,
  name: string | undefined,
  wishes: QaWishes & Pick<QaImageRequest, 'mirror'>,
  context: UpContext,
): Promise<QaResult> {
  const target = await findExecTarget(engine, name);
  const cluster = await findCluster(engine, target.cluster);
  const plan = await readPlan(engine, cluster);
  refuseOtherMaster(target.names, plan.nodes[0]?.names);
  await refuseInstances(engine, target.container, cluster.name);
  const { image, labels } = await inspectFirst(engine, cluster);
  const interruption = abortOn(context.signals, context.signal);
  const { report } = context;
  const { signal } = interruption;
  try {
    report({ type: 'run-started', title: 'Getting the QA suite', steps: [imageSteps.qa] });
    const imageEngine = engineOf(engine, cluster.slices[0].name);
    const suite = await ensureQaImage(imageEngine, { slice: image, mirror: wishes.mirror }, { report, signal }).finally(
      () => {
        report({ type: 'run-ended' });
      },
    );
    const ganeti = labels[imageLabels.ganeti] ?? '';
    const containers = cluster.slices.map((one) => one.name);
    const suiteIn = { image: suite.tag, imageEngine, containers };
    const slice = { cluster: cluster.name, plan, target, ganeti, ...suiteIn, existing: true };
    const run = { ...context, signal, runId: randomBytes(6).toString('hex') };
    return await testSlice(engine, slice, wishes, run).finally(() => unequip(engine, containers));
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    throw error.saying(`interrupted; what tests have made or changed in cluster ${cluster.name} stays so`);
  } finally {
    interruption.stop();
  }
}

async function refuseInstances(engine: Engine, container: string, cluster: string): Promise<void> {
  const { instances } = await readInventory(engine, container);
  if (instances.length === 0) return;
  const names = instances.map((instance) => instance.name).slice(0, 5);
  throw new ConflictError(`cluster ${cluster} has instances, which the QA suite would stop: ${names.join(', ')}`, {
    hint: 'remove them first, or leave --existing out: then the suite gets a cluster of its own',
  });
}

/** The suite takes the first node of its configuration for the master. */
function refuseOtherMaster(master: readonly string[], first: readonly string[] | undefined): void {
  if (first?.[0] === master[0]) return;
  const [name = ''] = first ?? [];
  throw new ConflictError(`the master is ${master[0] ?? ''}, and the QA suite wants it to be the first node, ${name}`, {
    hint: `make it the master: vcluster-box exec ${name} gnt-cluster master-failover`,
  });
}

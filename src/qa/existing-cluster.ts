import { randomBytes } from 'node:crypto';
import { findExecTarget } from '../cluster/exec-target.ts';
import { findCluster } from '../cluster/find.ts';
import { engineOf } from '../cluster/multi-engine/multi-engine.ts';
import { inspectFirst } from '../cluster/inspect.ts';
import { knownToGaneti, readPlan } from '../cluster/current-plan.ts';
import { readInventory } from '../cluster/node/run-slice-command.ts';
import type { UpContext } from '../cluster/up/check.ts';
import { abortOn } from '../cluster/up/interruption.ts';
import type { Engine } from '../engine/engine.ts';
import { ConflictError, InterruptedError } from '../errors.ts';
import { ensureQaImage, type QaImageRequest } from '../image/ensure-qa-image.ts';
import { imageSteps } from '../image/distribute-image.ts';
import { imageLabels } from '../image/labels.ts';
import type { Inventory } from '../plan/inventory.ts';
import type { Plan } from '../plan/plan.ts';
import { removeSuite } from './install-suite.ts';
import type { QaResult } from './result.ts';
import { type QaOptions, testSlice } from './test-slice.ts';

/**
 * Runs the suite on an existing cluster, without the tests that create and destroy the cluster.
 *
 * @param name see `findCluster`
 * @throws {ConflictError} if the cluster has instances, which the suite would stop, or its first node is not the master
 */
export async function qaExistingCluster(
  engine: Engine,
  name: string | undefined,
  options: QaOptions & Pick<QaImageRequest, 'mirror'>,
  context: UpContext,
): Promise<QaResult> {
  const target = await findExecTarget(engine, name);
  const cluster = await findCluster(engine, target.cluster);
  const known = await knownToGaneti(engine, cluster, await readPlan(engine, cluster));
  requireFirstNodeMaster(target.names, known.nodes[0]?.names);
  const inventory = await readInventory(engine, target.container);
  requireNoInstances(inventory, cluster.name);
  const plan = asInGaneti(known, inventory);
  const { image, labels } = await inspectFirst(engine, cluster);
  const interruption = abortOn(context.signals, context.signal);
  const { report } = context;
  const { signal } = interruption;
  try {
    report({ type: 'run-started', title: 'Getting the QA suite', steps: [imageSteps.qa] });
    const imageEngine = engineOf(engine, cluster.slices[0].name);
    const suite = await ensureQaImage(
      imageEngine,
      { slice: image, mirror: options.mirror },
      { report, signal },
    ).finally(() => {
      report({ type: 'run-ended' });
    });
    const ganeti = labels[imageLabels.ganeti] ?? '';
    const containers = cluster.slices.map((one) => one.name);
    const suiteIn = { image: suite.tag, imageEngine, containers };
    const slice = { cluster: cluster.name, plan, target, ganeti, ...suiteIn, existing: true };
    const run = { ...context, signal, runId: randomBytes(6).toString('hex') };
    return await testSlice(engine, slice, options, run).finally(() => removeSuite(engine, containers));
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    throw error.saying(`interrupted; changes that the tests made to cluster ${cluster.name} remain`);
  } finally {
    interruption.stop();
  }
}

/** The plan with the node groups and disk templates that Ganeti has now; the first group has nodes. */
function asInGaneti(plan: Plan, { nodes, groups, templates }: Inventory): Plan {
  const used = new Set([...nodes.map(({ group }) => group), ...groups]);
  const init = plan.init.filter((argument) => !argument.startsWith('--enabled-disk-templates='));
  return {
    ...plan,
    groups: [...used].map((name) => ({ name, allocPolicy: 'preferred' })),
    init: [...init, `--enabled-disk-templates=${templates.join(',')}`],
  };
}

function requireNoInstances({ instances }: Inventory, cluster: string): void {
  if (instances.length === 0) return;
  const names = instances.map((instance) => instance.name).slice(0, 5);
  throw new ConflictError(`cluster ${cluster} has instances, which the QA suite would stop: ${names.join(', ')}`, {
    hint: 'remove them, or omit --existing to run the suite on a separate cluster',
  });
}

/** The suite assumes that the first node of its configuration is the master. */
function requireFirstNodeMaster(master: readonly string[], first: readonly string[] | undefined): void {
  if (first?.[0] === master[0]) return;
  const [name = ''] = first ?? [];
  throw new ConflictError(
    `the QA suite requires ${name}, the first node, to be the master, but the master is ${master[0] ?? ''}`,
    {
      hint: `fail over to it: vcluster-box exec ${name} gnt-cluster master-failover`,
    },
  );
}

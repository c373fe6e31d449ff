import { randomBytes } from 'node:crypto';
import type { ClusterRequest } from '../config/parse-cluster-spec.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineProvider } from '../engine/engine-provider.ts';
import { ConflictError, InterruptedError } from '../errors.ts';
import { ensureImage } from '../image/ensure-image.ts';
import { ensureQaImage } from '../image/ensure-qa-image.ts';
import { readOwnGaneti } from '../image/own/read-own.ts';
import { imageSteps } from '../image/distribute-image.ts';
import { nodeDirectory } from '../plan/slice-paths.ts';
import { ofCluster } from '../plan/labels.ts';
import { removeClusters } from '../cluster/down.ts';
import { findCluster } from '../cluster/find.ts';
import { findResources } from '../cluster/resources.ts';
import { abortOn } from '../cluster/up/interruption.ts';
import type { UpContext } from '../cluster/up/check.ts';
import { up } from '../cluster/up/up.ts';
import type { QaResult } from './result.ts';
import { testSlice, type QaOptions } from './test-slice.ts';

interface QaRun extends UpContext {
  readonly engines: EngineProvider;
  readonly signal: AbortSignal;
  readonly runId: string;
}

/**
 * Creates nodes, on one host or several, runs Ganeti's QA suite on them, and removes them, also after an interruption.
 *
 * @throws {ConflictError} if a cluster of that name exists
 */
export async function qaNewCluster(
  engines: EngineProvider,
  request: ClusterRequest,
  options: QaOptions,
  context: UpContext,
): Promise<QaResult> {
  const { name } = request.spec;
  const hostEngines = await connectHosts(engines, request);
  await Promise.all(hostEngines.map((engine) => refuseExisting(engine, name)));
  const interruption = abortOn(context.signals, context.signal);
  const runId = randomBytes(6).toString('hex');
  try {
    const run = { ...context, engines, runId, signal: interruption.signal };
    return await onNewNodes(hostEngines[0], request, options, run);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    throw error.saying(options.keep ? 'interrupted' : 'interrupted; the nodes for the suite were removed');
  } finally {
    interruption.stop();
  }
}

/** Connects to the engine of each host.  The first node is on the first host. */
async function connectHosts(
  engines: EngineProvider,
  { spec: { hosts } }: ClusterRequest,
): Promise<readonly [Engine, ...Engine[]]> {
  const [first, ...others] = await Promise.all(hosts.map(({ endpoint }) => engines.connect(endpoint)));
  return first === undefined ? [await engines.engine()] : [first, ...others];
}

async function onNewNodes(
  imageEngine: Engine,
  request: ClusterRequest,
  options: QaOptions,
  run: QaRun,
): Promise<QaResult> {
  const { spec } = request;
  const image = await suiteImage(imageEngine, request, run);
  const nodes = { ...run, withoutCluster: true };
  const { plan, container } = await up(run.engines, request, nodes);
  const engine = await run.engines.engine();
  const [first] = plan.nodes;
  const directory = first === undefined ? plan.directory : nodeDirectory(plan, first);
  try {
    const containers = (await findCluster(engine, spec.name)).slices.map(({ name }) => name);
    const slice = { cluster: spec.name, plan, ganeti: spec.ganeti, containers, image, imageEngine, existing: false };
    return await testSlice(engine, { ...slice, target: { container, directory, cluster: spec.name } }, options, run);
  } finally {
    if (options.keep)
      run.report({ type: 'notice', message: `The cluster is kept.  To remove it: vcluster-box down ${spec.name}` });
    else await removeClusters(engine, [spec.name], run.report);
  }
}

/** Gets the image before any nodes, because it might need packages from a Debian archive. */
async function suiteImage(engine: Engine, { spec }: ClusterRequest, { report, signal }: QaRun): Promise<string> {
  const own = await readOwnGaneti(spec);
  const ownSteps = own === undefined ? [] : [imageSteps.checkOwn, imageSteps.own];
  const steps = [imageSteps.base, imageSteps.image, ...ownSteps, imageSteps.qa];
  report({ type: 'run-started', title: `Getting the QA suite of Ganeti ${spec.ganeti}`, steps });
  try {
    const { tag: slice } = await ensureImage([{ endpoint: 'default', engine }], { ...spec, own }, { report, signal });
    return (await ensureQaImage(engine, { slice, mirror: spec.mirror }, { report, signal })).tag;
  } finally {
    report({ type: 'run-ended' });
  }
}

async function refuseExisting(engine: Engine, name: string): Promise<void> {
  const { containers, networks, volumes } = await findResources(engine, ofCluster(name));
  if (containers.length + networks.length + volumes.length === 0) return;
  throw new ConflictError(`cluster ${name} already exists, but the QA suite creates its own`, {
    hint: `remove it (vcluster-box down ${name}), choose another name, or run the suite on it with --existing`,
  });
}

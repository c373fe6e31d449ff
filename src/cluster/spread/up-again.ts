import type { ClusterRequest, GivenOptions } from '../../config/parse-cluster-spec.ts';
import type { Engine } from '../../engine/engine.ts';
import { ConflictError } from '../../errors.ts';
import { runStep } from '../../steps.ts';
import { sliceNumber } from '../../plan/labels.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Cluster } from '../find.ts';
import { engineOf } from '../fleet/fleet.ts';
import { inspectSlices } from '../inspect.ts';
import { startCluster } from '../lifecycle/start.ts';
import { readPlan } from '../living-plan.ts';
import { syncDefinitions } from '../os/sync-definitions.ts';
import { findDefinitions } from '../os/find-definitions.ts';
import { wantedPorts } from '../ports/wanted-port.ts';
import { findDifferences } from '../up/differences.ts';
import { abortOn } from '../up/interruption.ts';
import type { UpResult } from '../up/result.ts';
import type { UpContext } from '../up/up.ts';
import { verifyStep } from '../up/steps.ts';
import { verifyCluster } from '../up/verify.ts';
import { hostDifferences } from './host-differences.ts';
import { nothingMadeOn } from './made-on.ts';
import { openPortsOnHosts } from './open-ports.ts';
import { describeHosts, type Placed } from './result-hosts.ts';

/**
 * Brings a cluster on several hosts that is there to the point where it runs; changes nothing when it does.
 *
 * @param engine by which all of its slices are reached
 * @throws {ConflictError} when options were given that differ from what is, or it is paused
 * @throws {EngineError} when one of its hosts cannot be reached
 */
export async function upAgain(
  engine: Engine,
  cluster: Cluster,
  request: ClusterRequest,
  context: UpContext,
): Promise<UpResult> {
  const { spec } = request;
  const { report } = context;
  const definitions = await findDefinitions(spec.os);
  const interruption = abortOn(context.signals, context.signal);
  const { signal } = interruption;
  try {
    const plan = await readPlan(engine, cluster);
    wantedPorts(spec.publish, plan);
    await refuseDifferences(engine, { cluster, plan, request });
    const started = await startCluster(engine, cluster, { report, signal, timeoutSeconds: spec.timeoutSeconds });
    signal.throwIfAborted();
    const hosts = placesOf(engine, cluster);
    const made = nothingMadeOn(hosts);
    const opened = await openPortsOnHosts(hosts, { cluster: spec.name, plan, publish: spec.publish }, { made, report });
    const brought = await Promise.all(
      cluster.slices.map(({ name }) => syncDefinitions(engine, name, { definitions, report, signal })),
    );
    if (spec.verify) {
      await runStep(report, verifyStep, () => verifyCluster(engine, cluster.slices[0].name, plan));
    }
    const changed = started || opened || brought.includes(true);
    return await describeHosts(hosts, { cluster: spec.name, plan, changed });
  } finally {
    interruption.stop();
  }
}

interface There {
  readonly cluster: Cluster;
  readonly plan: Plan;
  readonly request: ClusterRequest;
}

async function refuseDifferences(engine: Engine, { cluster, plan, request }: There): Promise<void> {
  const [container] = await inspectSlices(engine, cluster);
  const image = await engineOf(engine, container.name).inspectImage(container.image);
  const differences = [
    ...hostDifferences(request.given, { plan, container }),
    ...findDifferences(withoutHosts(request.given), { container, plan, image }),
  ];
  if (differences.length === 0) return;
  const { name } = request.spec;
  throw new ConflictError(`cluster ${name} is there with other options: ${differences.join('; ')}`, {
    hint: `leave these options out to go on with it as it is, or make it anew: vcluster-box down ${name}`,
  });
}

function withoutHosts(given: GivenOptions): GivenOptions {
  const of = new Set(['hosts', 'underlay', 'network']);
  return Object.fromEntries(Object.entries(given).filter(([option]) => !of.has(option)));
}

function placesOf(engine: Engine, { slices, hosts = [] }: Cluster): readonly [Placed, ...Placed[]] {
  const place = (slice: (typeof slices)[number]): Placed => {
    const number = sliceNumber(slice);
    const endpoint = hosts.find((host) => host.number === number)?.endpoint ?? '';
    return { number, endpoint, engine: engineOf(engine, slice.name) };
  };
  const [first, ...others] = slices;
  return [place(first), ...others.map(place)];
}

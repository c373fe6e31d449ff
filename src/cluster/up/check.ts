import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import type { Report } from '../../events.ts';
import type { OwnGaneti } from '../../image/own/read-own.ts';
import { planCluster, withDeadline, withoutProvisioning } from '../../plan/plan-cluster.ts';
import type { Plan } from '../../plan/plan.ts';
import { chooseUnderlay, findAddresses } from '../multi-host/underlay.ts';
import type { OsDefinition } from '../os/definition.ts';
import { resolvePorts } from '../ports/publish.ts';
import type { Signals } from '../signals.ts';
import { type ExistingCluster, findExisting } from './existing.ts';
import { connectHosts, type Hosts } from './hosts.ts';
import type { Layout } from './layout.ts';
import type { FoundSlice } from './partly-created.ts';
import { compareClocks, preflight } from './preflight.ts';
import type { Rollback } from './rollback.ts';

export interface UpContext {
  readonly report: Report;
  readonly signals: Signals;
  /** where the log of a failed start is kept */
  readonly stateDirectory: string;
  /** of vcluster-box */
  readonly version: string;
  readonly now: () => Date;
  /** Interrupts as well; its `reason` is thrown then. */
  readonly signal?: AbortSignal;
  /** Creates nodes, but no Ganeti cluster. */
  readonly withoutCluster?: boolean;
  /** By which the caller recognizes what this run created. */
  readonly runId?: string;
}

export interface UpRun extends UpContext {
  readonly engines: EngineProvider;
  readonly request: ClusterRequest;
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly rollback: Rollback;
  readonly definitions: readonly OsDefinition[];
  readonly own: OwnGaneti | undefined;
}

export interface NewCluster extends Layout {
  readonly type: 'new';
  /** of the whole cluster */
  readonly plan: Plan;
  /** what an `up` that was killed has left of it; removed before it is created */
  readonly partlyCreated: readonly FoundSlice[];
}

/** Finds the cluster, or everything that must be known before it is created. */
export async function check(run: UpRun): Promise<({ readonly type: 'cluster' } & ExistingCluster) | NewCluster> {
  const { engines, request, report, withoutCluster, now } = run;
  const { spec } = request;
  const provisioned = withDeadline(planCluster(spec), spec, now());
  const plan = withoutCluster === true ? withoutProvisioning(provisioned) : provisioned;
  let connected: Promise<Hosts> | undefined;
  const connect = () => (connected ??= connectHosts(engines, spec));
  const found = await findExisting(connect, run);
  if (found.type === 'cluster') return found;
  const hosts = await connect();
  resolvePorts(spec.publish, plan); // reports a node that will not exist now, not at the end
  compareClocks(hosts, report);
  preflight(hosts, request, plan, report);
  const underlay = await chooseUnderlay(hosts, spec);
  const addresses = await findAddresses(engines.addressOf, hosts, { underlay, network: plan.network });
  const partlyCreated = found.type === 'partly-created' ? found.slices : [];
  return { type: 'new', cluster: spec.name, hosts, plan, underlay, addresses, partlyCreated };
}

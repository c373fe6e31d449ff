import type { PublishRequest } from '../../config/publish.ts';
import type { Report } from '../../events.ts';
import type { Plan } from '../../plan/plan.ts';
import { runStep } from '../../steps.ts';
import { publishPorts, resolvePorts } from '../ports/publish.ts';
import { removedMeanwhile } from './follow-boot.ts';
import { onAllHosts, type SliceHost } from './hosts.ts';
import type { Rollback } from './rollback.ts';
import { steps } from './steps.ts';

export interface UpPorts {
  readonly cluster: string;
  readonly plan: Plan;
  readonly publish: readonly PublishRequest[];
}

/**
 * Publishes the ports that were asked for: each on the host that has its node, RAPI on the first.
 *
 * @returns whether there was anything to do
 */
export async function publishAll(
  hosts: readonly SliceHost[],
  { cluster, plan, publish }: UpPorts,
  { rollback, report }: { readonly rollback: Rollback; readonly report: Report },
): Promise<boolean> {
  if (publish.length === 0) return false;
  const wanted = resolvePorts(publish, plan);
  const published = await runStep(report, steps.ports, () =>
    onAllHosts(hosts, async (host) => {
      const own = wanted.filter((port) => (port.slice ?? 1) === host.number);
      if (own.length === 0) return [];
      const slice = await host.engine.inspectContainer(host.container);
      if (slice === undefined) throw removedMeanwhile(host.container);
      return publishPorts({ ...host, cluster, slice, plan }, own, rollback.on(host));
    }),
  );
  return published.flat().some((port) => port.created);
}

import type { PublishRequest } from '../../config/publish.ts';
import { SliceError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { runStep } from '../../steps.ts';
import { containerName } from '../../plan/names.ts';
import type { Plan } from '../../plan/plan.ts';
import { publishPorts } from '../ports/publish.ts';
import { wantedPorts } from '../ports/wanted-port.ts';
import { portsStep } from '../up/steps.ts';
import type { MadeOn } from './made-on.ts';
import { onAllHosts } from './on-host.ts';
import type { Placed } from './result-hosts.ts';

export interface HostPorts {
  readonly cluster: string;
  readonly plan: Plan;
  readonly publish: readonly PublishRequest[];
}

/**
 * Publishes ports of nodes, each on the host where its node is; RAPI on the first.
 *
 * @returns whether there was anything to do
 */
export async function openPortsOnHosts(
  hosts: readonly Placed[],
  { cluster, plan, publish }: HostPorts,
  { made, report }: { readonly made: MadeOn; readonly report: Report },
): Promise<boolean> {
  if (publish.length === 0) return false;
  const wanted = wantedPorts(publish, plan);
  const published = await runStep(report, portsStep, () =>
    onAllHosts(hosts, async (host) => {
      const own = wanted.filter(({ address }) => sliceOf(plan, address) === host.number);
      if (own.length === 0) return [];
      const slice = await host.engine.inspectContainer(containerName(cluster, host.number));
      if (slice === undefined) throw new SliceError('its container was removed while it started');
      return publishPorts(host.engine, { cluster, slice, plan }, own, made.on(host));
    }),
  );
  return published.flat().some((port) => port.made);
}

function sliceOf({ nodes }: Plan, address: string): number {
  return nodes.find((node) => node.address === address)?.slice ?? 1;
}

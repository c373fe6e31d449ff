import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import { dealNodes } from '../../config/deal-nodes.ts';
import { defaultMemory } from '../../config/defaults.ts';
import { ConflictError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { isSlice, ofCluster } from '../../plan/labels.ts';
import { planNeeds } from '../../plan/needs.ts';
import type { Plan } from '../../plan/plan.ts';
import { preflight } from '../up/preflight.ts';
import type { Host } from './host.ts';
import { onAllHosts } from './on-host.ts';

/**
 * Compares what each slice needs with what its engine tells of itself.
 *
 * @throws {ResourceError} naming the host where it cannot be enough
 * @throws {ConflictError} when a host has something of a cluster of that name
 */
export async function preflightHosts(
  hosts: readonly Host[],
  { spec, given }: ClusterRequest,
  whole: Plan,
  report: Report,
): Promise<void> {
  const counts = dealNodes(spec.nodes, spec.hosts);
  await onAllHosts(hosts, async ({ engine, number, endpoint }) => {
    await refuseLeftovers(engine, spec.name);
    const count = counts[number - 1] ?? 0;
    const memory = given.memory ?? defaultMemory(count, spec.instances);
    const plan = { ...whole, nodes: whole.nodes.slice(0, count), needs: planNeeds(count) };
    await preflight(engine, { ...spec, memory }, plan, (event) => {
      report(event.type === 'warning' ? { ...event, message: `host ${endpoint}: ${event.message}` } : event);
    });
  });
}

async function refuseLeftovers(engine: Host['engine'], name: string): Promise<void> {
  const found = (await engine.findContainers(ofCluster(name))).filter(isSlice);
  const [first] = found;
  if (first === undefined) return;
  throw new ConflictError(`there is a cluster ${name} already, in container ${first.name}`, {
    hint: `go on with it (vcluster-box up ${name}), remove it (vcluster-box down ${name}), or choose another name`,
  });
}

import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import { distributeNodes } from '../../config/distribute-nodes.ts';
import { defaultMemory } from '../../config/defaults.ts';
import type { Report } from '../../events.ts';
import { planNeeds } from '../../plan/needs.ts';
import type { Plan } from '../../plan/plan.ts';
import { preflight } from '../up/preflight.ts';
import type { Host } from './host.ts';
import { onAllHosts } from './on-host.ts';

/**
 * Compares what each slice needs with what its engine tells of itself.
 *
 * @throws {ResourceError} naming the host where it cannot be enough
 */
export async function preflightHosts(
  hosts: readonly Host[],
  { spec, given }: ClusterRequest,
  whole: Plan,
  report: Report,
): Promise<void> {
  const counts = distributeNodes(spec.nodes, spec.hosts);
  await onAllHosts(hosts, async ({ engine, number, endpoint }) => {
    const count = counts[number - 1] ?? 0;
    const memory = given.memory ?? defaultMemory(count, spec.instances);
    const plan = { ...whole, nodes: whole.nodes.slice(0, count), needs: planNeeds(count) };
    await preflight(engine, { ...spec, memory }, plan, (event) => {
      report(event.type === 'warning' ? { ...event, message: `host ${endpoint}: ${event.message}` } : event);
    });
  });
}

import type { ClusterSpec } from '../../config/cluster-spec.ts';
import { defaultMemory } from '../../config/defaults.ts';
import { distributeNodes } from '../../config/distribute-nodes.ts';
import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { EngineInfo } from '../../engine/engine.ts';
import { ResourceError } from '../../errors.ts';
import { formatMemory } from '../../format.ts';
import type { Report } from '../../events.ts';
import { idleNeeds, planNeeds } from '../../plan/needs.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Host, hostReport, withHostPrefix } from './hosts.ts';

const mebi = 2 ** 20;

/**
 * Ganeti's `constants.NODE_MAX_CLOCK_SKEW`: beyond it, verify reports errors, and nodes refuse each other's requests.
 */
const toleratedMs = 150_000;
const noticedMs = 5000;

/**
 * Compares what each slice needs with what its engine reports.  Only the slice can see the rest (inotify, disk, free
 * memory); it checks that when it starts.
 *
 * @throws {ResourceError} when the resources cannot suffice
 */
export function preflight(hosts: readonly Host[], { spec, given }: ClusterRequest, plan: Plan, report: Report): void {
  const counts = distributeNodes(
    spec.nodes,
    hosts.map(({ options }) => options),
  );
  for (const [index, host] of hosts.entries()) {
    const nodes = counts[index] ?? 0;
    const memory = given.memory ?? defaultMemory(nodes, spec.instances);
    preflightHost(host, { ...spec, memory }, { nodes: plan.nodes.slice(0, nodes), needs: planNeeds(nodes) }, report);
  }
}

/** Like `preflight`, for one host and its nodes. */
export function preflightHost(
  host: Host,
  spec: ClusterSpec,
  plan: Pick<Plan, 'nodes' | 'needs'>,
  report: Report,
): void {
  const { info } = host;
  const reportOnHost = hostReport(host, report);
  try {
    refuseTooLittleMemory(info, spec, plan);
  } catch (error) {
    throw withHostPrefix(host, error);
  }
  if (plan.needs.memoryMiB * mebi > info.memory * 0.8) {
    const message = `the cluster will need most of the engine's ${formatMemory(info.memory)} of memory`;
    reportOnHost({ type: 'warning', message });
  }
  warnOfLimits(info, spec, reportOnHost);
}

function refuseTooLittleMemory(
  { memory, name }: EngineInfo,
  spec: ClusterSpec,
  { nodes, needs }: Pick<Plan, 'nodes' | 'needs'>,
): void {
  const needed = needs.memoryMiB * mebi;
  const what = `${nodes.length} ${nodes.length === 1 ? 'node needs' : 'nodes need'} about ${formatMemory(needed)} of memory`;
  if (needed > memory) {
    throw new ResourceError(`${what}, and the engine ${name} has ${formatMemory(memory)}`, {
      hint: `ask for fewer nodes, about ${idleNeeds.perNode.memoryMiB} MiB each`,
    });
  }
  if (needed > spec.memory) {
    throw new ResourceError(`${what}, and the limit asked for is ${formatMemory(spec.memory)}`, {
      hint: `raise it (--memory ${Math.ceil(needed / mebi / 256) * 256}m), or leave it out`,
    });
  }
}

/** The engine starts the container without the limit.  A missing CPU limit matters only to users who requested one. */
function warnOfLimits({ unlimited }: EngineInfo, { cpus }: ClusterSpec, report: Report): void {
  const missed = unlimited.filter((what) => what !== 'CPU' || cpus !== undefined);
  if (missed.length === 0) return;
  report({
    type: 'warning',
    message: `the engine cannot limit ${missed.join(', ')}: the cluster can use all of the machine`,
    hint: 'why, and what to do: vcluster-box doctor',
  });
}

/**
 * Compares the clocks of hosts, before anything is created.
 *
 * @throws {ResourceError} when two of them differ by more than Ganeti tolerates
 */
export function compareClocks(hosts: readonly Pick<Host, 'endpoint' | 'clock'>[], report: Report): void {
  const sorted = hosts.toSorted((a, b) => a.clock.aheadMs - b.clock.aheadMs);
  const [slow, fast] = [sorted[0], sorted.at(-1)];
  if (slow === undefined || fast === undefined) return;
  const skewMs = fast.clock.aheadMs - slow.clock.aheadMs;
  const certainMs = skewMs - fast.clock.marginMs - slow.clock.marginMs;
  const message = `the clock of ${fast.endpoint} is ${seconds(skewMs)} ahead of that of ${slow.endpoint}`;
  const hint = 'synchronize both with a time server (NTP): chrony, or systemd-timesyncd';
  if (certainMs > toleratedMs) {
    throw new ResourceError(`${message}; Ganeti tolerates at most ${seconds(toleratedMs)} of clock skew`, { hint });
  }
  if (certainMs > noticedMs) report({ type: 'warning', message, hint });
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

import type { GivenOptions } from '../../config/parse-cluster-spec.ts';
import { formatSeconds, formatSize } from '../../config/quantities.ts';
import type { ContainerDetails, ImageSummary } from '../../engine/engine.ts';
import { imageLabels } from '../../image/labels.ts';
import { label } from '../../plan/labels.ts';
import { sizesOf } from '../../plan/node-resources.ts';
import type { Plan } from '../../plan/plan.ts';
import { isRapi } from '../rapi-url.ts';
import { planDifferences } from './plan-differences.ts';

/** What there is, as far as it can be compared with options. */
export interface Actual {
  readonly container: ContainerDetails;
  readonly plan: Plan | undefined;
  readonly image: ImageSummary | undefined;
}

/**
 * The options that were given and are not what is.  Pure.
 *
 * @returns a phrase each: `nodes is 3, not 5`
 */
export function findDifferences(given: GivenOptions, actual: Actual): readonly string[] {
  const { nodes, nodeOptions, groups, instances, instanceNames, ...others } = given;
  const planned = { nodes, nodeOptions, groups, instances, instanceNames } as GivenOptions;
  const is = describeActual(actual);
  const different = Object.entries(others).flatMap(([option, wanted]) => {
    const found = is[option as keyof GivenOptions];
    return found === undefined || same(option, wanted, found)
      ? []
      : [`${option} is ${show(option, found)}, not ${show(option, wanted)}`];
  });
  return [...(actual.plan === undefined ? [] : planDifferences(planned, actual.plan)), ...different];
}

/** The options that the container was made with, as far as they were given then. */
export function givenBefore({ labels }: Pick<ContainerDetails, 'labels'>): GivenOptions {
  try {
    const value = JSON.parse(labels[label.spec] ?? '{}') as GivenOptions | null;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function describeActual({ container, plan, image }: Actual): Partial<Record<keyof GivenOptions, unknown>> {
  const rapi = container.ports.find((port) => (plan === undefined ? port.containerPort === 5080 : isRapi(port, plan)));
  return {
    ttl: 'none',
    ...givenBefore(container),
    memory: container.memory,
    cpus: container.nanoCpus / 1e9,
    ...(image !== undefined && { ganeti: image.labels[imageLabels.ganeti] }),
    ...(rapi !== undefined && { rapi: { address: rapi.hostAddress, port: rapi.hostPort } }),
    ...(plan !== undefined && {
      ...describeNewNodes(plan),
      subnet: plan.network.subnet,
      watcher: plan.watcher !== null,
      domain: plan.cluster.names[0]?.replace(/^cluster\./, ''),
    }),
  };
}

function describeNewNodes({ newNodes }: Plan): Partial<Record<keyof GivenOptions, unknown>> {
  const { memory, cpus, disk } = sizesOf(newNodes);
  return { nodeMemory: memory, nodeCpus: cpus, nodeDisk: disk };
}

const sizes = new Set(['memory', 'nodeMemory', 'nodeDisk']);

function same(option: string, wanted: unknown, found: unknown): boolean {
  if (option !== 'rapi') return wanted === found;
  const [want, is] = [wanted, found] as [Rapi, Rapi];
  return want.address === is.address && (want.port === 'auto' || want.port === is.port);
}

interface Rapi {
  readonly address: string;
  readonly port: number | 'auto';
}

/** As it would be given. */
function show(option: string, value: unknown): string {
  if (sizes.has(option) && typeof value === 'number') return formatSize(value);
  if (option === 'ttl' && typeof value === 'number') return formatSeconds(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const { address, port } = value as Rapi;
  return `${address}:${port}`;
}

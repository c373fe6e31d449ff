import type { PublishRequest } from '../../config/publish.ts';
import type { Plan } from '../../plan/plan.ts';
import { findNode } from '../living-plan.ts';

/** A port that is to be published, with all that the plan knows of it. */
export interface WantedPort {
  readonly hostAddress: string;
  /** `auto`: the next that is free, from `from` on */
  readonly hostPort: number | 'auto';
  readonly from: number;
  /** `node1.example.com:22`, or `rapi` */
  readonly target: string;
  /** where that is, inside the slice */
  readonly address: string;
  readonly port: number;
  /** number of the slice that it is in; left out for `rapi`, which every slice leads to */
  readonly slice?: number;
}

/** @throws {NotFoundError} when the cluster has no such node */
export function wantedPorts(requests: readonly PublishRequest[], plan: Plan): readonly WantedPort[] {
  return requests.map(({ address = '127.0.0.1', port: hostPort, target }) => {
    const to = resolve(target, plan);
    // Those below 1024 may be out of a rootless engine's reach, and are what people look for services of the machine on.
    return { hostAddress: address, hostPort, from: to.port >= 1024 ? to.port : 20_000, ...to };
  });
}

/** @returns `node1.example.com:22`, or `rapi` */
export function targetName(target: PublishRequest['target'], plan: Plan): string {
  return resolve(target, plan).target;
}

function resolve(
  target: PublishRequest['target'],
  plan: Plan,
): Pick<WantedPort, 'target' | 'address' | 'port' | 'slice'> {
  if (target === 'rapi') return { target, address: plan.cluster.address, port: plan.rapi.port };
  const { names, address, slice } = findNode(plan, target.node);
  return { target: `${names[0] ?? ''}:${target.port}`, address, port: target.port, slice };
}

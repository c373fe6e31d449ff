import type { Engine } from '../../engine/engine.ts';
import { SliceError } from '../../errors.ts';
import { containerName } from '../../plan/names.ts';
import type { Plan } from '../../plan/plan.ts';
import { relayedPorts, type PublishedPort } from '../ports/published-port.ts';
import { rapiUrl } from '../rapi-url.ts';

/** What the user is told when a cluster runs. */
export interface UpResult {
  /** ours (`up NAME`) */
  readonly cluster: string;
  readonly container: string;
  readonly image: string;
  readonly plan: Plan;
  readonly rapi: {
    readonly url: string;
    readonly user: string;
    /** prints the password; it is told nowhere else but by `info` */
    readonly passwordCommand: string;
  };
  /** by relays; `rapi.url` is published by the slice itself */
  readonly ports: readonly PublishedPort[];
  /** of a cluster on several hosts: each, in the order of its slices */
  readonly hosts?: readonly UpHost[];
  /** of a cluster on several hosts: what was found of the network between them when they were started */
  readonly segment?: UpSegment;
  /** false: it ran before, and nothing was changed */
  readonly changed: boolean;
}

export interface UpSegment {
  /** bytes: the largest packet that passes between any two */
  readonly mtu: number;
  /** of all pairs the one that takes longest, to and fro */
  readonly slowest?: { readonly from: string; readonly to: string; readonly rttMs: number };
}

export interface UpHost {
  readonly endpoint: string;
  readonly container: string;
  /** how many are on it */
  readonly nodes: number;
  /** URL, as seen from that host */
  readonly rapi: string;
}

export async function describeResult(engine: Engine, cluster: string, plan: Plan, changed: boolean): Promise<UpResult> {
  const container = containerName(cluster, 1);
  const details = await engine.inspectContainer(container);
  if (details === undefined) throw new SliceError(`container ${container} was removed while it started`);
  const url = rapiUrl(details, plan) ?? `https://${plan.cluster.address}:${plan.rapi.port}`;
  const passwordCommand = `vcluster-box info ${cluster} --password`;
  return {
    cluster,
    container,
    image: details.image,
    plan,
    ports: await relayedPorts(engine, cluster),
    rapi: { url, user: plan.rapi.user, passwordCommand },
    changed,
  };
}

import { SliceError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import { readPathStats, summarizePaths, type UpOverlay } from '../multi-host/path-stats.ts';
import { relayedPorts, type PublishedPort } from '../ports/published.ts';
import { rapiUrl } from '../rapi-url.ts';
import { onAllHosts, type SliceHost } from './hosts.ts';

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
  readonly overlay?: UpOverlay;
  /** false: it ran before, and nothing was changed */
  readonly changed: boolean;
}

export interface UpHost {
  readonly endpoint: string;
  readonly container: string;
  /** how many are on it */
  readonly nodes: number;
  /** URL, as seen from that host */
  readonly rapi: string;
}

/**
 * @throws {SliceError} when a container was removed meanwhile
 */
export async function describeResult(
  hosts: readonly [SliceHost, ...SliceHost[]],
  { cluster, plan, changed }: { readonly cluster: string; readonly plan: Plan; readonly changed: boolean },
): Promise<UpResult> {
  const [first, ...others] = hosts;
  const [on, ...onOthers] = [
    await describeHost(first, cluster, plan),
    ...(await onAllHosts(others, (host) => describeHost(host, cluster, plan))),
  ];
  const all = [on, ...onOthers];
  const overlay = summarizePaths(all.map(({ paths }) => paths));
  return {
    cluster,
    container: on.host.container,
    image: on.image,
    plan,
    rapi: { url: on.host.rapi, user: plan.rapi.user, passwordCommand: `vcluster-box info ${cluster} --password` },
    ports: all.flatMap(({ ports }) => ports),
    ...(first.named && { hosts: all.map(({ host }) => host) }),
    ...(overlay !== undefined && { overlay }),
    changed,
  };
}

async function describeHost({ engine, endpoint, container, number }: SliceHost, cluster: string, plan: Plan) {
  const [details, ports, paths] = await Promise.all([
    engine.inspectContainer(container),
    relayedPorts(engine, cluster),
    readPathStats(engine, container),
  ]);
  if (details === undefined) throw new SliceError(`container ${container} was removed while it started`);
  const { rapi } = plan;
  // On a flat network nothing is published: the container has an address of its own there.
  const [address = plan.cluster.address] = rapi.publishedPort === rapi.port ? [] : Object.values(details.addresses);
  const url = rapiUrl(details, plan, endpoint) ?? `https://${address}:${rapi.publishedPort}`;
  const nodes = plan.nodes.filter(({ slice }) => slice === number).length;
  const host: UpHost = { endpoint, container, nodes, rapi: url };
  return { host, ports, image: details.image, paths: { number, endpoint, paths } };
}

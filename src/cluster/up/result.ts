import { nodesIn } from '../../plan/choose-slice.ts';
import type { Plan } from '../../plan/plan.ts';
import { readPathStats, summarizePaths, type UpOverlay } from '../multi-host/path-stats.ts';
import { relayedPorts, type PublishedPort } from '../ports/published.ts';
import { rapiUrl } from '../rapi-url.ts';
import { removedMeanwhile } from './follow-boot.ts';
import { onAllHosts, type SliceHost } from './hosts.ts';

/** What `up` reports about a running cluster. */
export interface UpResult {
  /** the name given to `up NAME` */
  readonly cluster: string;
  readonly container: string;
  readonly image: string;
  readonly plan: Plan;
  readonly rapi: {
    readonly url: string;
    readonly user: string;
    /** prints the password, which only `info` shows */
    readonly passwordCommand: string;
  };
  /** ports published by relays; the slice itself publishes `rapi.url` */
  readonly ports: readonly PublishedPort[];
  /** in order of slice number */
  readonly hosts: readonly UpHost[];
  /** only for multi-host clusters: measurements of the network between the hosts, made when the slices started */
  readonly overlay?: UpOverlay;
  /** false: the cluster was already running, and nothing was changed */
  readonly changed: boolean;
}

export interface UpHost {
  readonly endpoint: string;
  readonly container: string;
  /** number of nodes on it */
  readonly nodes: number;
  /** URL, as seen from that host */
  readonly rapi: string;
}

/** @throws {ConflictError} when a container was removed in the meantime */
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
    hosts: all.map(({ host }) => host),
    ...(overlay !== undefined && { overlay }),
    changed,
  };
}

async function describeHost(slice: SliceHost, cluster: string, plan: Plan) {
  const { engine, endpoint, container, number } = slice;
  const [details, ports, paths] = await Promise.all([
    engine.inspectContainer(container),
    relayedPorts(slice, cluster),
    readPathStats(engine, container),
  ]);
  if (details === undefined) throw removedMeanwhile(container);
  const { rapi } = plan;
  // On a flat network no port is published, because the container has its own address there.
  const [address = plan.cluster.address] = rapi.publishedPort === rapi.port ? [] : Object.values(details.addresses);
  const url = rapiUrl(details, plan, endpoint) ?? `https://${address}:${rapi.publishedPort}`;
  const nodes = nodesIn(plan.nodes, number);
  const host: UpHost = { endpoint, container, nodes, rapi: url };
  return { host, ports, image: details.image, paths: { number, endpoint, paths } };
}

import { SliceError } from '../../errors.ts';
import { containerName } from '../../plan/names.ts';
import type { Plan } from '../../plan/plan.ts';
import { relayedPorts } from '../ports/published-port.ts';
import { rapiUrl } from '../rapi-url.ts';
import type { UpResult, UpHost } from '../up/result.ts';
import type { Host } from './host.ts';
import { onAllHosts } from './on-host.ts';
import { readWays, summarizeWays } from './segment.ts';

/** A host with a slice. */
export type Placed = Pick<Host, 'number' | 'endpoint' | 'engine'>;

interface Running {
  readonly cluster: string;
  readonly plan: Plan;
  readonly changed: boolean;
}

/** What the user is told when a cluster runs on several hosts. */
export async function describeHosts(
  hosts: readonly [Placed, ...Placed[]],
  { cluster, plan, changed }: Running,
): Promise<UpResult> {
  const described = await onAllHosts(hosts, async ({ engine, endpoint, number }) => {
    const container = containerName(cluster, number);
    const [details, ports, ways] = await Promise.all([
      engine.inspectContainer(container),
      relayedPorts(engine, cluster),
      readWays(engine, container),
    ]);
    if (details === undefined) throw new SliceError(`container ${container} was removed while it started`);
    // On a flat network nothing is published: there a slice has an address of its own.
    const [address] = Object.values(details.addresses);
    const direct = `https://${address ?? plan.cluster.address}:${plan.rapi.publishedPort}`;
    const nodes = plan.nodes.filter(({ slice }) => slice === number).length;
    const host: UpHost = { endpoint, container, nodes, rapi: rapiUrl(details, plan, endpoint) ?? direct };
    return { host, ports, image: details.image, found: { number, endpoint, ways } };
  });
  const segment = summarizeWays(described.map(({ found }) => found));
  const [first] = described;
  if (first === undefined) throw new RangeError('a cluster is on one host at least');
  return {
    cluster,
    container: first.host.container,
    image: first.image,
    plan,
    rapi: { url: first.host.rapi, user: plan.rapi.user, passwordCommand: `vcluster-box info ${cluster} --password` },
    ports: described.flatMap(({ ports }) => ports),
    hosts: described.map(({ host }) => host),
    ...(segment !== undefined && { segment }),
    changed,
  };
}

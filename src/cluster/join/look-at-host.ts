import { defaultMemory } from '../../config/defaults.ts';
import type { HostOptions } from '../../config/host-options.ts';
import { type ClusterRequest, parseClusterSpec } from '../../config/parse-cluster-spec.ts';
import type { ContainerDetails } from '../../engine/engine.ts';
import { ConflictError, UnreachableError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import { isSlice, ofCluster } from '../../plan/labels.ts';
import { nextSlice } from '../../plan/grow-slices.ts';
import { planNeeds } from '../../plan/needs.ts';
import type { Plan } from '../../plan/plan.ts';
import { parsePlan } from '../parse-plan.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { findAddresses } from '../spread/advertise.ts';
import type { Carrier } from '../spread/carrier.ts';
import { compareClocks } from '../spread/clock-skew.ts';
import type { Host } from '../spread/host.ts';
import { onHost } from '../spread/on-host.ts';
import { askHost, refuseUnlike } from '../spread/reach-hosts.ts';
import { givenBefore } from '../up/differences.ts';
import { preflight } from '../up/preflight.ts';
import { carrierOf } from './carrier-of.ts';
import type { Newcomer, HostConnector } from './newcomer.ts';
import { residents } from './residents.ts';

/** A host that may join, and what was found out on the way. */
export interface Candidate {
  readonly host: Host;
  /** that of the first slice, by which the new one goes */
  readonly container: ContainerDetails;
  readonly request: ClusterRequest;
  readonly carrier: Carrier;
  /** by which each host is reached by the others, the new one last */
  readonly addresses: readonly (string | undefined)[];
}

/**
 * All that can be found out before anything is made.
 *
 * @throws {VclusterError} of the kind that says why it cannot be one of the cluster's hosts
 */
export async function lookAtHost(newcomer: Newcomer, connector: HostConnector, report: Report): Promise<Candidate> {
  const { cluster, plan, options } = newcomer;
  const { container, hosts } = await residents(newcomer);
  const host = await reach(connector, options, plan);
  const all = [...hosts, host] as const;
  refuseUnlike(all);
  compareClocks(all, report);
  const carrier = carrierOf(plan, { network: container.network, hosts: all });
  const request = requestOf(cluster.name, container);
  try {
    await refuseLeftovers(host, cluster.name, plan);
    await refuseTooSmall(host, newcomer, request, report);
  } catch (error) {
    throw onHost(host, error);
  }
  const addresses = await findAddresses(connector.addressOf, all, { carrier, subnet: plan.network.subnet });
  return { host, container, request, carrier, addresses };
}

/** Who mistypes the name of one of its hosts reads which there are. */
async function reach({ connect }: HostConnector, options: HostOptions, plan: Plan): Promise<Host> {
  try {
    return await askHost(await connect(options.endpoint), options, nextSlice(plan));
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const what = `the host ${options.endpoint} is not one of the cluster's, and cannot be reached to become one`;
    const known = plan.slices.map(({ endpoint }) => endpoint).join(', ');
    throw new UnreachableError(what, error.problem, { hint: `the cluster is on: ${known}`, output: error.output });
  }
}

/** What the cluster was made with, as far as its containers know. */
function requestOf(name: string, container: ContainerDetails): ClusterRequest {
  const given = givenBefore(container);
  return { spec: { ...parseClusterSpec({ name }, 'the cluster').spec, ...given }, given };
}

async function refuseLeftovers({ engine }: Host, name: string, { overlay }: Plan): Promise<void> {
  const [found] = (await engine.findContainers(ofCluster(name))).filter(isSlice);
  if (found === undefined) return;
  const there = parsePlan((await engine.readFile(found.id, slicePaths.plan))?.toString() ?? '');
  const vni = (of: Plan['overlay'] | undefined) => (of?.kind === 'vxlan' ? of.vni : undefined);
  const own = vni(there?.overlay) !== undefined && vni(there?.overlay) === vni(overlay);
  throw new ConflictError(
    own
      ? `a slice of this cluster is there already: an earlier \`node add\` was broken off`
      : `there is another cluster ${name} already`,
    { hint: `remove it there (docker rm --force ${found.name}), then try again` },
  );
}

async function refuseTooSmall(
  { engine, endpoint }: Host,
  { plan, count }: Newcomer,
  { spec, given }: ClusterRequest,
  report: Report,
): Promise<void> {
  const memory = given.memory ?? defaultMemory(count);
  const nodes = plan.nodes.slice(0, 1).flatMap((node) => Array<typeof node>(count).fill(node));
  await preflight(engine, { ...spec, memory }, { ...plan, nodes, needs: planNeeds(count) }, (event) => {
    report(event.type === 'warning' ? { ...event, message: `host ${endpoint}: ${event.message}` } : event);
  });
}

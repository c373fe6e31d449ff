import { defaultMemory } from '../config/defaults.ts';
import type { ClusterRequest } from '../config/parse-cluster-spec.ts';
import type { ContainerSettings, Labels, NetworkSettings, PortBinding } from '../engine/engine.ts';
import { label } from './labels.ts';
import { containerName, networkName } from './names.ts';
import type { Plan } from './plan.ts';

/** What is decided elsewhere: by the image builder, by the run, by what is free on the engine. */
export interface Circumstances {
  readonly image: string;
  readonly runId: string;
  /** of vcluster-box */
  readonly version: string;
  readonly rapiPort: number;
  /** of one of several slices */
  readonly connection?: Connection;
}

/** What a slice is reached by from others. */
export interface Connection {
  /** a network that is there already, or is made elsewhere; left out: the cluster's own, on the slice's engine */
  readonly network?: string | undefined;
  /** address of the host on which the plan's UDP port is published; left out: it is not */
  readonly udpAddress?: string | undefined;
  /** whether ports can be published there */
  readonly publishes: boolean;
}

export interface ContainerPlan {
  readonly name: string;
  /** the cluster's own, to be made unless it is on another */
  readonly network: NetworkSettings;
  readonly settings: ContainerSettings;
}

/** How the container of the plan's slice is made, and the network that it is to be on. */
export function planContainer(request: ClusterRequest, plan: Plan, given: Circumstances): ContainerPlan {
  const { spec } = request;
  const labels = clusterLabels(request, plan, given);
  const elsewhere = given.connection?.network;
  const own = { name: networkName(spec.name), labels: networkLabels(labels) };
  return {
    name: containerName(spec.name, plan.slice),
    network: own,
    settings: {
      image: given.image,
      hostname: `${spec.name}-${plan.slice}`,
      labels: { ...labels, [label.slice]: `${plan.slice}` },
      env: {},
      network: elsewhere ?? own.name,
      ports: bindings(request, plan, given),
      // Where no name server answers, each name that is not in /etc/hosts would cost 20 s.
      dns: [],
      dnsOptions: ['timeout:1', 'attempts:1'],
      sysctls: {},
      restartPolicy: spec.restart,
      stopGraceSeconds: 30,
      ...confinement,
      ...limits(request, plan),
    },
  };
}

/**
 * All that a slice may do beyond an ordinary process, found by leaving out one after another; `docs/security.md` says
 * what each is for.
 */
export const capabilities: readonly string[] = [
  'NET_ADMIN',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'SETUID',
  'SETGID',
  'KILL',
  'SYS_CHROOT',
  'NET_RAW',
  'NET_BIND_SERVICE',
  'SETFCAP',
];

const confinement = { capDrop: ['ALL'], capAdd: capabilities, securityOpt: ['no-new-privileges'] };

function limits({ spec, given }: ClusterRequest, plan: Plan) {
  const own = plan.nodes.filter(({ slice }) => slice === plan.slice).length;
  return {
    ulimits: [{ name: 'nofile', soft: openFiles(plan.nodes.length), hard: 4096 }],
    memory: given.memory ?? defaultMemory(own, spec.instances),
    nanoCpus: Math.round((spec.cpus ?? 0) * 1e9),
    pidsLimit: pidsLimit(own),
  };
}

/** Of processes and threads: those of the master, and of each node. */
export function pidsLimit(nodes: number): number {
  return 400 + 40 * nodes;
}

/** As few as will do: every Python daemon closes all that it may have when it starts.  The master needs one a node. */
function openFiles(nodes: number): number {
  if (nodes <= 200) return 1024;
  return nodes <= 500 ? 2048 : 4096;
}

function clusterLabels(
  { spec, given }: ClusterRequest,
  { expires, slices }: Plan,
  { version, runId }: Circumstances,
): Labels {
  return {
    [label.cluster]: spec.name,
    [label.spec]: JSON.stringify(given),
    [label.version]: version,
    [label.run]: runId,
    ...(expires !== null && { [label.expires]: expires }),
    [label.slices]: `${slices.length}`,
  };
}

/** A network is the cluster's, whatever slices it has. */
function networkLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== label.slices));
}

function bindings(request: ClusterRequest, plan: Plan, given: Circumstances): readonly PortBinding[] {
  const { address: hostAddress } = request.spec.rapi;
  const { publishedPort: containerPort } = plan.rapi;
  if (given.connection?.publishes === false) return [];
  return [{ containerPort, protocol: 'tcp', hostAddress, hostPort: given.rapiPort }, ...udpBinding(plan, given)];
}

function udpBinding({ slices, slice }: Plan, { connection }: Circumstances): readonly PortBinding[] {
  const port = slices.find(({ number }) => number === slice)?.underlay?.port;
  const hostAddress = connection?.udpAddress;
  if (port === undefined || hostAddress === undefined) return [];
  return [{ containerPort: port, protocol: 'udp', hostAddress, hostPort: port }];
}

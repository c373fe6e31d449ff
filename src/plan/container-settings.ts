import { defaultMemory } from '../config/defaults.ts';
import type { ClusterRequest } from '../config/parse-cluster-spec.ts';
import type { ContainerSettings, Labels, NetworkSettings, PortBinding } from '../engine/engine.ts';
import { label } from './labels.ts';
import { containerName, networkName } from './names.ts';
import type { Plan } from './plan.ts';

/** Settings decided elsewhere: the image, the run, and what is free on the engine. */
export interface Circumstances {
  readonly image: string;
  readonly runId: string;
  /** version of vcluster-box */
  readonly version: string;
  readonly rapiPort: number;
  /** only for clusters with several slices */
  readonly connection?: Connection;
}

/** How other slices reach a slice. */
export interface Connection {
  /** a network that already exists or is created elsewhere; default: the cluster's own, on the slice's engine */
  readonly network?: string | undefined;
  /** host address on which the plan's UDP port is published; default: not published */
  readonly udpAddress?: string | undefined;
  /** whether the network supports published ports */
  readonly publishes: boolean;
}

export interface ContainerPlan {
  readonly name: string;
  /** the cluster's own network; create it unless the container uses another one */
  readonly network: NetworkSettings;
  readonly settings: ContainerSettings;
}

/** Settings of the container of the plan's slice, and of its network. */
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
      // Without a working name server, each lookup of a name missing from /etc/hosts would take 20 s.
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

/** All capabilities of a slice, found by removing them one at a time; `docs/security.md` explains each. */
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
  'AUDIT_WRITE',
];

const confinement = { capDrop: ['ALL'], capAdd: capabilities, securityOpt: ['no-new-privileges'] };

function limits({ spec, given }: ClusterRequest, plan: Plan) {
  const own = plan.nodes.filter(({ slice }) => slice === plan.slice).length;
  return {
    ulimits: openFiles(plan.nodes.length),
    memory: given.memory ?? defaultMemory(own, spec.instances),
    nanoCpus: Math.round((spec.cpus ?? 0) * 1e9),
    pidsLimit: pidsLimit(own),
  };
}

/** Limit of processes and threads: those of the master, and those of each node. */
export function pidsLimit(nodes: number): number {
  return 400 + 40 * nodes;
}

/**
 * The limit of open files: as low as possible, because every Python daemon closes all possible file descriptors when it
 * starts.  The master needs one per node.
 */
export function openFiles(nodes: number): ContainerSettings['ulimits'] {
  const soft = nodes <= 200 ? 1024 : nodes <= 500 ? 2048 : 4096;
  return [{ name: 'nofile', soft, hard: 4096 }];
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

/** Without the number of slices: a network belongs to the cluster as a whole. */
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

import type { ClusterRequest } from '../config/parse-cluster-spec.ts';
import type { ContainerSettings, Labels, NetworkSettings } from '../engine/engine.ts';
import { capabilities } from './capabilities.ts';
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
}

export interface ContainerPlan {
  readonly name: string;
  readonly network: NetworkSettings;
  readonly settings: ContainerSettings;
}

/** How the container of the plan's slice is made, and the network that it is to be on. */
export function planContainer(request: ClusterRequest, plan: Plan, given: Circumstances): ContainerPlan {
  const { spec } = request;
  const network = { name: networkName(spec.name), labels: clusterLabels(request, plan, given) };
  return {
    name: containerName(spec.name, plan.slice),
    network,
    settings: {
      image: given.image,
      hostname: `${spec.name}-${plan.slice}`,
      labels: { ...network.labels, [label.slice]: `${plan.slice}` },
      env: {},
      network: network.name,
      ports: [rapiBinding(request, plan, given)],
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

const confinement = { capDrop: ['ALL'], capAdd: capabilities, securityOpt: ['no-new-privileges'] };

function limits({ spec }: ClusterRequest, { nodes }: Plan) {
  return {
    ulimits: [{ name: 'nofile', soft: openFiles(nodes.length), hard: 4096 }],
    memory: spec.memory,
    nanoCpus: Math.round((spec.cpus ?? 0) * 1e9),
    pidsLimit: pidsLimit(nodes.length),
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

function clusterLabels({ spec, given }: ClusterRequest, { expires }: Plan, { version, runId }: Circumstances): Labels {
  return {
    [label.cluster]: spec.name,
    [label.spec]: JSON.stringify(given),
    [label.version]: version,
    [label.run]: runId,
    ...(expires !== null && { [label.expires]: expires }),
  };
}

function rapiBinding({ spec }: ClusterRequest, { rapi }: Plan, { rapiPort }: Circumstances) {
  return { containerPort: rapi.port, protocol: 'tcp', hostAddress: spec.rapi.address, hostPort: rapiPort } as const;
}

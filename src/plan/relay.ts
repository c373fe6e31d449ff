import type { ContainerDetails, ContainerSettings } from '../engine/engine.ts';
import { label } from './labels.ts';
import { relayName } from './names.ts';

/** Port on which `vcluster_slice/ports/proxy.py` listens. */
const proxyPort = 5079;
const listenPort = 10_000;

/** Shell: ends when the relay listens, by its state in proc_net_tcp(5): 0A. */
export const relayListens = `until grep -q ':${listenPort.toString(16).toUpperCase()} .* 0A ' /proc/net/tcp; do sleep 0.02; done`;

/** A port of the engine's machine, and its target. */
export interface Publication {
  readonly hostAddress: string;
  readonly hostPort: number;
  /** `node1.example.com:22`, or `rapi` */
  readonly target: string;
  /** address of the target inside the slice; `null`: the slice's own, whose port leads to RAPI wherever that is */
  readonly address: string | null;
  readonly port: number;
}

/**
 * The container that publishes a port of an existing cluster.
 *
 * It stores nothing about the cluster except its name.  It forwards each connection to the slice, at whatever address
 * the slice has at that moment; the slice's proxy forwards it to the node.
 */
export function planRelay(cluster: string, slice: ContainerDetails, to: Publication): RelayPlan {
  const settings: ContainerSettings = {
    image: slice.image,
    entrypoint: ['/usr/bin/tini', '--', 'socat'],
    command: socatArguments(slice.name, to),
    user: '65534:65534',
    readOnly: true,
    noHealthCheck: true,
    hostname: `port-${to.hostPort}`,
    labels: { [label.cluster]: cluster, [label.port]: to.target },
    env: {},
    network: slice.network,
    ports: [{ containerPort: listenPort, protocol: 'tcp', hostAddress: to.hostAddress, hostPort: to.hostPort }],
    dns: [],
    // For a stopped slice, the engine queries other name servers, which takes long if none answers.
    dnsOptions: ['timeout:1', 'attempts:1'],
    sysctls: {},
    restartPolicy: slice.restartPolicy,
    stopGraceSeconds: 1,
    ...confinement,
  };
  return { name: relayName(cluster, to.hostPort), settings };
}

export interface RelayPlan {
  readonly name: string;
  readonly settings: ContainerSettings;
}

/** Each connection uses a process of less than 1 MiB. */
const confinement = {
  capDrop: ['ALL'],
  capAdd: [],
  securityOpt: ['no-new-privileges'],
  ulimits: [{ name: 'nofile', soft: 1024, hard: 1024 }],
  memory: 128 * 2 ** 20,
  nanoCpus: 0,
  pidsLimit: 220,
};

function socatArguments(slice: string, { address, port }: Publication): readonly string[] {
  const listen = `TCP-LISTEN:${listenPort},fork,reuseaddr,backlog=128,max-children=200,nodelay,keepalive`;
  // A killed slice does not close its connections; keepalive ends them after half a minute.
  const options = 'nodelay,keepalive,keepidle=15,keepintvl=5,keepcnt=3';
  const direct = `TCP:${slice}:${port},${options}`;
  const lead = address === null ? direct : `PROXY:${slice}:${address}:${port},proxyport=${proxyPort},${options}`;
  // A client that has closed its sending side can wait for an answer for the time given by `-t`.
  return ['-t', '3600', listen, lead];
}

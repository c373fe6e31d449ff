import type { ContainerDetails, ContainerSettings } from '../engine/engine.ts';
import { label } from './labels.ts';
import { relayName } from './names.ts';

/** Where `vcluster_slice/ports/proxy.py` listens. */
const proxyPort = 5079;
const listenPort = 10_000;

/** A port of the engine's machine, and what it leads to. */
export interface Publication {
  readonly hostAddress: string;
  readonly hostPort: number;
  /** `node1.example.com:22`, or `rapi` */
  readonly target: string;
  /** where that is, inside the slice */
  readonly address: string;
  readonly port: number;
}

/**
 * The container that publishes a port of a cluster which is there already.
 *
 * It holds nothing of the cluster but its name: each connection is led to the slice, by whatever address that has at the
 * moment, and there on to the node by the slice's proxy.
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
    // The engine asks other name servers for a slice that is stopped, and where none answers that would take long.
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

/** A connection takes a process of less than 1 MiB. */
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
  // A slice that was killed says no more good-bye: who is connected to it is told after half a minute.
  const lead = `PROXY:${slice}:${address}:${port},proxyport=${proxyPort},nodelay,keepalive,keepidle=15,keepintvl=5,keepcnt=3`;
  // Who has sent all may wait for an answer for as long as `-t` says.
  return ['-t', '3600', listen, lead];
}

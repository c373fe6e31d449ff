import type { Event } from '../events.ts';

/** What a cluster is to be: the options of `vcluster-box up`.  Those that are left out or `undefined` have its defaults. */
export interface ClusterOptions {
  /** Ours; inside, Ganeti's cluster is always `cluster.DOMAIN`.  Default: `vcluster`. */
  readonly name?: string | undefined;
  /** 1 to 1000, or a list with the options of each; default: 3 */
  readonly nodes?: number | readonly NodeOptions[] | undefined;
  /**
   * Memory of each node, as simulated: what Ganeti finds there, less what runs on it.  Bytes, or a size such as `64g`.
   * Default: `64g`.
   */
  readonly nodeMemory?: number | string | undefined;
  /** CPUs of each node, as simulated.  Default: 16. */
  readonly nodeCpus?: number | undefined;
  /** Disk of each node for instances of template `file`, as simulated.  Bytes, or a size.  Default: `1t`. */
  readonly nodeDisk?: number | string | undefined;
  /** Number of node groups, `default`, `group2` ..., or a list of them; nodes that name none spread over all.  Default: 1. */
  readonly groups?: number | readonly GroupOptions[] | undefined;
  /** How many running instances it begins with, without disks.  Default: 0. */
  readonly instances?: number | undefined;
  /** Names that are reserved for instances: how many, or a list.  Default: 8 a node, 100 at least. */
  readonly instanceNames?: number | readonly string[] | undefined;
  /**
   * Hosts that it is spread over, two at least: `ENDPOINT[,advertise=IP][,port=N][,nodes=N or share=N]`, or the same as an object.
   * Default: none; it is where the engine is.
   */
  readonly hosts?: readonly (string | HostOptions)[] | undefined;
  /** What carries the network between hosts.  Default: `auto`, the swarm that all their engines are in, else a VXLAN. */
  readonly underlay?: 'auto' | 'vxlan' | 'swarm' | undefined;
  /** A network of the engines' own that carries it.  Default: none. */
  readonly network?: string | undefined;
  /** Whether the network that is made in a swarm is encrypted.  Default: false. */
  readonly encrypted?: boolean | undefined;
  /** Default: `3.0`. */
  readonly ganeti?: '3.0' | '3.1' | undefined;
  /** Image to build on, of the same Debian release.  Default: `debian:RELEASE-slim`. */
  readonly base?: string | undefined;
  /** Debian archive for the build. */
  readonly mirror?: string | undefined;
  /** Addresses of the cluster, inside its container.  Default: `198.18.0.0/16`. */
  readonly subnet?: string | undefined;
  /** Domain of all names.  Default: `example.com`. */
  readonly domain?: string | undefined;
  /**
   * Where RAPI is published: a port of 127.0.0.1, or `ADDRESS:PORT`, where PORT may be `auto`.  Default: port 5080 of
   * 127.0.0.1, or the next that is free.
   */
  readonly rapi?: number | string | undefined;
  /** Ports of nodes to publish, each `[ADDRESS:][HOSTPORT:]NODE:PORT`, or `rapi` in place of NODE:PORT.  Default: none. */
  readonly publish?: readonly string[] | undefined;
  /**
   * Directories with OS definitions, each one definition or a directory of several; they are copied into the cluster, also into one
   * that is there.  Default: none, but for those of the image.
   */
  readonly os?: readonly string[] | undefined;
  /** Memory limit of the container: bytes, or a size such as `512m` or `2g`.  Default: 1 GiB and 64 MiB a node. */
  readonly memory?: number | string | undefined;
  /** CPU limit of the container.  Default: none. */
  readonly cpus?: number | undefined;
  /** When the engine starts the cluster again.  Default: `unless-stopped`, with a `ttl` `on-failure`. */
  readonly restart?: 'no' | 'on-failure' | 'unless-stopped' | 'always' | undefined;
  /** How long to wait for the cluster: seconds, or a time such as `5m`.  Default: 120 s and 2 s a node. */
  readonly timeout?: number | string | undefined;
  /** When the cluster ends itself: seconds after its making, or a time such as `2h`.  Default: never. */
  readonly ttl?: number | string | undefined;
  /** Whether ganeti-watcher runs on all nodes every five minutes.  Default: true. */
  readonly watcher?: boolean | undefined;
  /** End with `gnt-cluster verify`. */
  readonly verify?: boolean | undefined;
  /** Remove nothing when it fails. */
  readonly keep?: boolean | undefined;
}

/** What is not said of a node is as `gnt-node add` has it. */
export interface NodeOptions {
  /** Short.  Default: `node` and its number. */
  readonly name?: string | undefined;
  /** One of `groups`.  Default: the one with the fewest nodes. */
  readonly group?: string | undefined;
  /** Default: true. */
  readonly masterCapable?: boolean | undefined;
  /** Default: true. */
  readonly vmCapable?: boolean | undefined;
  readonly drained?: boolean | undefined;
  readonly offline?: boolean | undefined;
  /** Its memory, as simulated: bytes, or a size.  Default: `nodeMemory`. */
  readonly memory?: number | string | undefined;
  /** Its CPUs, as simulated.  Default: `nodeCpus`. */
  readonly cpus?: number | undefined;
  /** Its disk, as simulated: bytes, or a size.  Default: `nodeDisk`. */
  readonly disk?: number | string | undefined;
}

export interface HostOptions {
  /** `ssh://...`, `tcp://...`, `unix://...`, a docker context's name, or `default`: where the engine is without hosts */
  readonly endpoint: string;
  /** how many nodes are on it; default: its share of the rest */
  readonly nodes?: number | undefined;
  /** Default: 1. */
  readonly share?: number | undefined;
  /** IPv4 address by which the other hosts reach it.  Default: that of an `ssh://` or `tcp://` endpoint. */
  readonly advertise?: string | undefined;
  /** UDP port for the network between the hosts.  Default: 4790 or the next that no cluster has. */
  readonly port?: number | undefined;
}

export interface GroupOptions {
  readonly name: string;
  /** Default: `preferred`. */
  readonly allocPolicy?: 'preferred' | 'last_resort' | 'unallocable' | undefined;
}

/** Which engine, and who is told what happens. */
export interface ConnectOptions {
  /**
   * The engine's endpoint, as `DOCKER_HOST` would have it: `unix:///var/run/docker.sock`, `tcp://192.0.2.1:2376`.
   * Default: the one that the command line would use: `DOCKER_HOST`, the docker context, the first that answers at the
   * usual sockets.
   */
  readonly engine?: string | undefined;
  /** Is told of each step, warning and notice.  What it throws is not caught. */
  readonly onEvent?: ((event: Event) => void) | undefined;
}

export interface UpOptions extends ClusterOptions, ConnectOptions {
  /** When it aborts, what was made so far is removed again, and the promise rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
}

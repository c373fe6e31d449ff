// Generated from src/config/cluster-options.ts by `npm run docs:options`.

/** Optional properties that are left out or `undefined` have their defaults. */
export interface ClusterOptions {
  /** Name of the cluster. Inside the cluster, Ganeti always calls it cluster.DOMAIN. Default: vcluster. */
  readonly name?: string | undefined;
  /** Number of nodes, 1 to 1000. Or a list with the options of each node, starting with the master. Default: 3. */
  readonly nodes?: number | readonly NodeOptions[] | undefined;
  /**
   * Simulated memory of each node, 256m to 64t. Ganeti sees this much, minus what runs on the node; it is not reserved
   * on the host. Default: 64g.
   */
  readonly nodeMemory?: number | string | undefined;
  /** Simulated CPUs of each node, 1 to 1024. Default: 16. */
  readonly nodeCpus?: number | undefined;
  /**
   * Simulated disk of each node, 1g to 1024t. It holds the disks of instances with the disk templates plain, drbd and
   * file. Default: 1t.
   */
  readonly nodeDisk?: number | string | undefined;
  /**
   * Number of node groups, 1 to 100. They are called default, group2, ...; or a list. Nodes without a group are spread
   * evenly over all groups. Default: 1.
   */
  readonly groups?: number | readonly GroupOptions[] | undefined;
  /**
   * Number of running, diskless instances to create, 0 to 4000. They are spread over the nodes, and take the first of
   * instanceNames. Default: 0.
   */
  readonly instances?: number | undefined;
  /**
   * Names to reserve for instances, separated by commas, or their number, 1 to 4000. They resolve on all nodes. A
   * number stands for instance1, instance2, ...; a file has a list of names. Default: 8 per node, at least 100.
   */
  readonly instanceNames?: number | readonly string[] | undefined;
  /**
   * Hosts to spread the cluster over, at least two; keys: advertise=IP, port=N, nodes=N, share=N. Without hosts, the
   * cluster runs on one engine.
   */
  readonly hosts?: readonly (string | HostOptions)[] | undefined;
  /**
   * What connects the hosts: auto, vxlan or swarm. vxlan uses a UDP port of each host, swarm uses the Docker Swarm of
   * the engines, and auto prefers swarm. Default: auto.
   */
  readonly underlay?: 'auto' | 'swarm' | 'vxlan' | undefined;
  /** Existing Docker network that connects the hosts: an attachable overlay, or a flat one such as macvlan. */
  readonly network?: string | undefined;
  /** Encrypt the Swarm network that is created for the cluster. Default: false. */
  readonly encrypted?: boolean | undefined;
  /** Ganeti version: 3.0 or 3.1. 3.0 comes with Debian bookworm, 3.1 comes with Debian trixie. Default: 3.0. */
  readonly ganeti?: '3.0' | '3.1' | undefined;
  /**
   * Debian packages of Ganeti of your own, in place of Debian's: files, or directories of files. In a file, paths are
   * relative to the file.
   */
  readonly packages?: readonly string[] | undefined;
  /**
   * Installed Ganeti of your own, in place of Debian's: from make install DESTDIR=, or dpkg -x. In a file, the path is
   * relative to the file.
   */
  readonly tree?: string | undefined;
  /** Image to build the slice image on, of the same Debian release. Default: debian:RELEASE-slim. */
  readonly base?: string | undefined;
  /** Debian mirror for building the image. */
  readonly mirror?: string | undefined;
  /** IPv4 subnet for the addresses in the cluster, /8 to /29. Default: 198.18.0.0/16. */
  readonly subnet?: string | undefined;
  /**
   * IPv4 subnet for the nodes' secondary addresses, which makes the cluster dual-homed, /8 to /29. The first node has
   * its first address, the second node its second one, and so on.
   */
  readonly secondarySubnet?: string | undefined;
  /**
   * Bridges of every node for the NICs of instances, in addition to xen-br0. Running instances answer ping at their
   * addresses in the subnet of a bridge.
   */
  readonly bridges?: readonly string[] | undefined;
  /** Domain of all names in the cluster. Default: example.com. */
  readonly domain?: string | undefined;
  /**
   * Address and port on which RAPI is published. An IPv6 address is written in brackets. auto is 5080, or the next
   * free port. Default: 127.0.0.1:auto.
   */
  readonly rapi?: number | string | undefined;
  /** Ports to publish: [ADDRESS:][HOSTPORT:]NODE:PORT, or rapi in place of NODE:PORT. */
  readonly publish?: readonly string[] | undefined;
  /**
   * Directories with OS definitions of your own, each one definition or a directory of several. In a file, paths are
   * relative to the file.
   */
  readonly os?: readonly string[] | undefined;
  /**
   * Memory limit of the container, 256m to 1024t. Default: 1g, plus 64m per node and 64m per new instance, up to 20.
   */
  readonly memory?: number | string | undefined;
  /** CPU limit of the container, 0.1 to 1024. Default: no limit. */
  readonly cpus?: number | undefined;
  /**
   * Restart policy of the container: no, on-failure, unless-stopped or always. Default: unless-stopped, or on-failure
   * with a ttl.
   */
  readonly restart?: 'always' | 'no' | 'on-failure' | 'unless-stopped' | undefined;
  /** Time after which the cluster stops itself, 10s to 365d. Default: never. */
  readonly ttl?: number | string | undefined;
  /** Run ganeti-watcher on all nodes every five minutes. Default: true. */
  readonly watcher?: boolean | undefined;
  /**
   * How long to wait for the cluster to start, 1s to 1d. Default: 120s, plus 2s per node, 10s per new instance, 120s
   * on several hosts.
   */
  readonly timeout?: number | string | undefined;
  /** Run gnt-cluster verify at the end. Default: false. */
  readonly verify?: boolean | undefined;
  /** Keep the stopped container if up fails. Default: false. */
  readonly keep?: boolean | undefined;
}

/** Optional properties that are left out or `undefined` have their defaults. */
export interface NodeOptions {
  /** Short name. Default: node and its number. */
  readonly name?: string | undefined;
  /** Node group, one of groups. Default: the group with the fewest nodes. */
  readonly group?: string | undefined;
  /** Whether the node can become master or master candidate. Default: true. */
  readonly masterCapable?: boolean | undefined;
  /** Whether the node can host instances. Default: true. */
  readonly vmCapable?: boolean | undefined;
  /** Whether the node is drained: it gets no instances, and has no vote. Default: false. */
  readonly drained?: boolean | undefined;
  /** Whether the node is marked offline: Ganeti does not contact it, though its daemons run. Default: false. */
  readonly offline?: boolean | undefined;
  /** Simulated memory, 256m to 64t. Default: nodeMemory. */
  readonly memory?: number | string | undefined;
  /** Simulated CPUs, 1 to 1024. Default: nodeCpus. */
  readonly cpus?: number | undefined;
  /** Simulated disk, 1g to 1024t. Default: nodeDisk. */
  readonly disk?: number | string | undefined;
}

/** Optional properties that are left out or `undefined` have their defaults. */
export interface GroupOptions {
  /** Name. */
  readonly name: string;
  /**
   * Whether allocators place instances in the group: normally, only as a last resort, or never: preferred, last_resort
   * or unallocable. Default: preferred.
   */
  readonly allocPolicy?: 'last_resort' | 'preferred' | 'unallocable' | undefined;
}

/** Optional properties that are left out or `undefined` have their defaults. */
export interface HostOptions {
  /** Endpoint of its engine: unix://, ssh:// or tcp://, the name of a Docker context, or default. */
  readonly endpoint: string;
  /** Number of nodes on the host, 1 to 1000. Default: its share of the nodes that the other hosts leave. */
  readonly nodes?: number | undefined;
  /** Number of nodes for each node on a host with share 1, 1 to 1000. Default: 1. */
  readonly share?: number | undefined;
  /**
   * IPv4 address at which the other hosts reach the host. Default: the address of the machine in an ssh:// or tcp://
   * endpoint.
   */
  readonly advertise?: string | undefined;
  /**
   * UDP port for the network between the hosts, 1 to 65535. Default: 4790, or the next port that no other cluster
   * uses.
   */
  readonly port?: number | undefined;
}

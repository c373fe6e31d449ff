/**
 * Everything that is decided before anything is done.  It is the contract between this program and the slice, which
 * carries it out and stores it as `/var/lib/vcluster-box/plan.json`.  `docs/plan.md` describes it, and
 * `docs/plan.schema.json` is its schema.
 */
export interface Plan {
  /** version of the format; a slice refuses a version that it does not know */
  readonly version: 1;
  /** this slice's number, from 1 */
  readonly slice: number;
  readonly cluster: NamedAddress;
  /** parent of all node directories */
  readonly directory: string;
  readonly network: {
    /** contains all addresses of the cluster; in CIDR notation */
    readonly subnet: string;
    /**
     * the device in the slice that has the addresses: `lo` with a single slice, `vc0` on a VXLAN, `eth0` on a flat
     * network
     */
    readonly device: string;
    /** contains the nodes' secondary addresses; in CIDR notation.  Default: nodes have none. */
    readonly secondarySubnet?: string;
    /** bridges for instances, in addition to Ganeti's default, `xen-br0` */
    readonly bridges?: readonly PlannedBridge[];
  };
  /** The network between the slices of a multi-host cluster; null on a single host. */
  readonly overlay: Overlay | null;
  /**
   * All slices, in order of their numbers, from 1; never empty.  The plans of a cluster's slices differ only in
   * `slice`, the slice's own number, and `needs`, the needs of its own nodes.
   */
  readonly slices: readonly PlannedSlice[];
  /** Node groups.  `gnt-cluster init` creates the group of the first node, possibly with a different name. */
  readonly groups: readonly PlannedGroup[];
  /** The first node is the initial master. */
  readonly nodes: readonly PlannedNode[];
  /** Default resources of nodes that are added later. */
  readonly newNodes: NodeResources;
  /** Names for instances, reserved in `/etc/hosts`. */
  readonly instances: readonly PlannedInstance[];
  /** Properties of the instances that are created together with the cluster. */
  readonly newInstances: {
    /** OS definition in Ganeti's sense: the scripts that would install the OS */
    readonly os: string;
    readonly memoryMiB: number;
    readonly vcpus: number;
  };
  /** All arguments of `gnt-cluster init` except the last, which is the cluster's name. */
  readonly init: readonly string[];
  readonly rapi: {
    /** TCP port on the cluster address and on every other address in the slice */
    readonly port: number;
    /**
     * TCP port of the container that leads to RAPI.  With several slices, the slice's proxy listens there and forwards
     * to the cluster address.
     */
    readonly publishedPort: number;
    readonly user: string;
    /** Names and addresses in its certificate, which is created before the cluster; the first is the subject. */
    readonly names: readonly string[];
  };
  /** What the slice needs.  The slice checks it first when it starts, and warns or refuses. */
  readonly needs: {
    readonly memoryMiB: number;
    readonly diskMiB: number;
    readonly inotifyInstances: number;
    /** The share of each node in the above: a slice with fewer nodes needs less by that amount. */
    readonly perNode: { readonly memoryMiB: number; readonly diskMiB: number };
  };
  /** How often ganeti-watcher runs on each node; null: never. */
  readonly watcher: { readonly intervalSeconds: number } | null;
  /** When the slice shuts itself down, ISO 8601 in UTC; null: never. */
  readonly expires: string | null;
  /** false: the slice boots without a cluster, which something else creates.  Default: true. */
  readonly provision?: false;
}

/**
 * `vxlan`: a device `vc0` in each slice, over the underlay; `flat`: the containers' own network carries the node
 * addresses.
 */
export type Overlay = { readonly kind: 'vxlan'; readonly vni: number } | { readonly kind: 'flat' };

export interface PlannedSlice {
  /** from 1 */
  readonly number: number;
  /** the slice's own address in the overlay: IPv4, in `network.subnet`; null on a single host, which needs none */
  readonly address: string | null;
  /**
   * Endpoint of its engine as the user wrote it: `ssh://ops@alpha`, the name of a docker context, or `default`; never a
   * key.
   */
  readonly endpoint: string;
  /** ID of the engine.  It shows whether the endpoint still leads to the same engine; empty in the image's plan. */
  readonly engine: string;
  /** Where the other slices send its VXLAN packets; null without a VXLAN. */
  readonly underlay: SliceUnderlay | null;
}

export interface SliceUnderlay {
  /** IPv4; on a network of the engines, the name of the container, which the engines' DNS resolves */
  readonly address: string;
  /** UDP; the VXLAN device in the container listens on the same port */
  readonly port: number;
}

export interface NamedAddress {
  /** The first is the full name; the others are aliases in `/etc/hosts`. */
  readonly names: readonly string[];
  /** IPv4, dotted */
  readonly address: string;
}

/** The resources that Ganeti finds on a node.  All of them are simulated and independent of the machine. */
export interface NodeResources {
  readonly memoryMiB: number;
  /** The part that the node's own system uses; Ganeti calls it mnode. */
  readonly ownMemoryMiB: number;
  readonly cpus: number;
  /** The number that the node's own system uses; Ganeti calls it cnos. */
  readonly ownCpus: number;
  /** for the files of instances with disk template `file` */
  readonly diskMiB: number;
}

export interface PlannedBridge {
  readonly name: string;
  /** the network of instances that are linked to it; in CIDR notation */
  readonly subnet?: string;
}

export interface PlannedNode extends NamedAddress {
  /** IPv4, in `network.secondarySubnet`, in a dual-homed cluster */
  readonly secondaryAddress?: string;
  /** number of its slice, from 1 */
  readonly slice: number;
  /** Ganeti's node group */
  readonly group: string;
  readonly resources: NodeResources;
  /** Whether it can become master or a master candidate.  Default: true. */
  readonly masterCapable?: boolean;
  /** Whether it can have instances.  Default: true. */
  readonly vmCapable?: boolean;
  /** default: false */
  readonly drained?: boolean;
  /** default: false */
  readonly offline?: boolean;
}

export interface PlannedGroup {
  readonly name: string;
  readonly allocPolicy: 'preferred' | 'last_resort' | 'unallocable';
}

export interface PlannedInstance extends NamedAddress {
  /**
   * Full name of the node on which an instance of that name is created and started together with the cluster; usually
   * absent.
   */
  readonly node?: string;
}

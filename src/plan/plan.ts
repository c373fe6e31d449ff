/**
 * Everything that is decided before anything is done: the contract between this program and the slice, which carries it
 * out as `/var/lib/vcluster-box/plan.json`.  `docs/plan.md` describes it, `docs/plan.schema.json` is its schema.
 */
export interface Plan {
  /** of this format; a slice refuses one that it does not know */
  readonly version: 1;
  /** this slice's number, from 1 */
  readonly slice: number;
  readonly cluster: NamedAddress;
  /** parent of all node directories */
  readonly directory: string;
  readonly network: {
    /** all addresses of the cluster are in it; in CIDR form */
    readonly subnet: string;
    /** the device in the slice that gets the addresses: `lo` where there is one slice, `vc0` on a VXLAN, `eth0` on a flat network */
    readonly device: string;
  };
  /** The network between the slices of a cluster on several hosts; null on one host. */
  readonly overlay: Overlay | null;
  /**
   * All slices, in the order of their numbers, from 1; never empty.  The plans of a cluster's slices differ only in `slice`, the slice's own
   * number, and `needs`, those of its own nodes.
   */
  readonly slices: readonly PlannedSlice[];
  /** Node groups.  The one of the first node is the one that `gnt-cluster init` makes, by another name perhaps. */
  readonly groups: readonly PlannedGroup[];
  /** The first is the first master. */
  readonly nodes: readonly PlannedNode[];
  /** Resources of nodes that are added later, unless the user gives others. */
  readonly newNodes: NodeResources;
  /** Names for instances, reserved in `/etc/hosts`. */
  readonly instances: readonly PlannedInstance[];
  /** What the instances are like that are made when the cluster begins. */
  readonly newInstances: {
    /** what Ganeti calls an OS: the scripts that would install it */
    readonly os: string;
    readonly memoryMiB: number;
    readonly vcpus: number;
  };
  /** Arguments of `gnt-cluster init`, all but the last, which is the cluster's name. */
  readonly init: readonly string[];
  readonly rapi: {
    /** TCP port on the cluster address and, in the slice, on every other */
    readonly port: number;
    /** TCP port of the container that leads to RAPI.  With several slices a proxy listens there, which leads to the cluster address. */
    readonly publishedPort: number;
    readonly user: string;
    /** Names and addresses for its certificate, which is made before the cluster; the first is the subject. */
    readonly names: readonly string[];
  };
  /** What the slice must find when it starts; it warns or refuses before it does anything. */
  readonly needs: {
    readonly memoryMiB: number;
    readonly diskMiB: number;
    readonly inotifyInstances: number;
    /** Of the above, what each node is reckoned with: so much less is needed by a slice that takes fewer nodes. */
    readonly perNode: { readonly memoryMiB: number; readonly diskMiB: number };
  };
  /** How often ganeti-watcher runs on each node; null: not at all. */
  readonly watcher: { readonly intervalSeconds: number } | null;
  /** When the slice ends itself, ISO 8601 in UTC; null: never. */
  readonly expires: string | null;
  /** false: the slice boots without a cluster, and leaves it to others to make one.  True unless it is said. */
  readonly provision?: false;
}

/** `vxlan`: a device `vc0` in each slice, over the underlay; `flat`: the containers' own network carries the nodes' addresses. */
export type Overlay = { readonly kind: 'vxlan'; readonly vni: number } | { readonly kind: 'flat' };

export interface PlannedSlice {
  /** from 1 */
  readonly number: number;
  /** its own address in the overlay: IPv4, in `network.subnet`; null on one host, which needs none */
  readonly address: string | null;
  /** How its engine is reached, as the user wrote it: `ssh://ops@alpha`, a docker context's name, or `default`; never a key. */
  readonly endpoint: string;
  /** The engine's own id, which shows whether the endpoint still leads to the same engine; empty in the image's plan. */
  readonly engine: string;
  /** Where the other slices send VXLAN packets for it; null without a VXLAN. */
  readonly underlay: SliceUnderlay | null;
}

export interface SliceUnderlay {
  /** IPv4; or, on a network of the engines' own, the name of its container, which their DNS resolves */
  readonly address: string;
  /** UDP; the VXLAN device listens on the same in the container */
  readonly port: number;
}

export interface NamedAddress {
  /** The first is the full name; the others are aliases in `/etc/hosts`. */
  readonly names: readonly string[];
  /** IPv4, dotted */
  readonly address: string;
}

/** What Ganeti is to find in a node.  All of it is simulated: none of it is taken from the machine. */
export interface NodeResources {
  readonly memoryMiB: number;
  /** Of that, what the node's own system takes; Ganeti calls it mnode. */
  readonly ownMemoryMiB: number;
  readonly cpus: number;
  /** Of these, how many the node's own system takes; Ganeti calls it cnos. */
  readonly ownCpus: number;
  /** for the files of instances of template `file` */
  readonly diskMiB: number;
}

export interface PlannedNode extends NamedAddress {
  /** number of the slice that it runs in, from 1 */
  readonly slice: number;
  /** Ganeti's node group */
  readonly group: string;
  readonly resources: NodeResources;
  /** Whether it may become master or a master candidate: true unless it is said. */
  readonly masterCapable?: boolean;
  /** Whether it may have instances: true unless it is said. */
  readonly vmCapable?: boolean;
  /** false unless it is said */
  readonly drained?: boolean;
  /** false unless it is said */
  readonly offline?: boolean;
}

export interface PlannedGroup {
  readonly name: string;
  readonly allocPolicy: 'preferred' | 'last_resort' | 'unallocable';
}

export interface PlannedInstance extends NamedAddress {
  /** Full name of the node on which one of that name is made, and started, when the cluster begins; mostly none is. */
  readonly node?: string;
}

import type { PublishedPort } from '../cluster/ports/published.ts';
import type { ClusterStatus } from '../cluster/status.ts';
import type { ExecOptions, ExecResult } from './exec.ts';
import type { Rapi } from './rapi.ts';

/**
 * An existing cluster.  The object holds no connection and does not keep the process alive.
 *
 * `await using cluster = await up(...)` removes the cluster at the end of the block, unless it existed before.
 */
export interface Cluster extends Lifecycle, Ports, AsyncDisposable {
  /** the name used by vcluster-box, as in `vcluster-box up NAME` */
  readonly name: string;
  /** Whether the call that returned this object created the cluster.  If so, disposing of the object removes it. */
  readonly created: boolean;
  /** In order; the first node was the first master.  Updated by the calls of this object that change nodes. */
  readonly nodes: readonly ClusterNode[];
  /** @throws {NotFoundError} when RAPI is not published, or the cluster was never completed */
  readonly rapi: Rapi;
  /**
   * @param name short or full
   * @throws {NotFoundError} naming the existing nodes
   */
  readonly node: (name: string) => ClusterNode;
  /**
   * Runs a command on a node, as root, and waits for it to end.  `gnt-*` commands work on every node.
   *
   * @param node short or full name
   * @throws {CommandFailedError} only with `check`, when the exit status is not 0
   * @throws {NotFoundError} when the node does not exist, or the cluster is not running
   * @throws {EngineError} when the engine refuses the request or cannot be reached
   */
  readonly exec: (node: string, argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
  /**
   * Runs `gnt-cluster verify`.
   *
   * @throws {SliceError} when it reports problems; `output` contains them
   */
  readonly verify: () => Promise<void>;
  /**
   * Adds nodes to the running cluster, which takes some seconds per node.
   *
   * @param count 1 to 999; default: 1
   * @returns the new nodes
   * @throws {SliceError} when a node cannot be added; nodes that were added before it remain
   */
  readonly addNodes: (count?: number, options?: AddNodesOptions) => Promise<readonly ClusterNode[]>;
  /**
   * Removes a node, after Ganeti has moved its instances to other nodes.
   *
   * @param name short or full
   * @throws {ConflictError} before anything is changed, when the node is the master, or has instances that cannot be
   * moved
   */
  readonly removeNode: (name: string) => Promise<void>;
  readonly status: () => Promise<ClusterStatus>;
  /** Removes the cluster and everything that was created for it.  Does nothing if it no longer exists. */
  readonly down: () => Promise<void>;
}

/** `stop` and `pause` affect this node only, as if it were a machine of its own. */
export interface ClusterNode extends Lifecycle {
  /** full: `node1.example.com` */
  readonly name: string;
  /** `node1` */
  readonly shortName: string;
  /** IPv4; reachable only inside the cluster's container */
  readonly address: string;
  /** Ganeti's node group */
  readonly group: string;
  /** see `Cluster.exec` */
  readonly exec: (argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
}

/** Starts and stops a cluster or one of its nodes.  A call that has nothing to do succeeds. */
export interface Lifecycle {
  /** Resolves when the cluster or node answers. */
  readonly start: () => Promise<void>;
  /** Shuts down in order.  The cluster or node stays stopped until it is started. */
  readonly stop: () => Promise<void>;
  readonly restart: () => Promise<void>;
  /** Freezes all processes. */
  readonly pause: () => Promise<void>;
  readonly unpause: () => Promise<void>;
}

/** Ports that are reachable from outside the cluster. */
export interface Ports {
  /** All published ports, RAPI first. */
  readonly ports: () => Promise<readonly PublishedPort[]>;
  /**
   * Publishes a port of a node while the cluster is running.
   *
   * @param port `[ADDRESS:][HOSTPORT:]NODE:PORT`, such as `node1:22`; or `rapi` instead of NODE:PORT
   * @returns where the port is published
   */
  readonly publish: (port: string) => Promise<Pick<PublishedPort, 'address' | 'port' | 'target'>>;
  /**
   * Stops publishing a port.
   *
   * @param port as it was published, or only its HOSTPORT
   * @throws {NotFoundError} when it is not published
   */
  readonly unpublish: (port: string) => Promise<void>;
}

export interface AddNodesOptions {
  /** Node group of the new nodes.  Default: for each node, the group with the fewest nodes. */
  readonly group?: string | undefined;
  /** Simulated memory of each node: bytes, or a size such as `64g`.  Default: `nodeMemory` of the cluster. */
  readonly memory?: number | string | undefined;
  /** Simulated CPUs of each node.  Default: `nodeCpus` of the cluster. */
  readonly cpus?: number | undefined;
  /** Simulated disk of each node: bytes, or a size.  Default: `nodeDisk` of the cluster. */
  readonly disk?: number | string | undefined;
}

import type { ClusterStatus } from '../cluster/status.ts';
import type { ExecOptions, ExecResult } from './exec.ts';
import type { AddNodesOptions } from './growth.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Ports } from './ports.ts';
import type { Rapi } from './rapi.ts';

/**
 * A cluster that there is.  It holds no connection: what it does not use keeps no process alive.
 *
 * `await using cluster = await up(...)` removes it at the end of the block, unless it was there before.
 */
export interface Cluster extends Lifecycle, Ports, AsyncDisposable {
  /** ours, as in `vcluster-box up NAME` */
  readonly name: string;
  /** Whether the call that gave this object made the cluster.  Then disposing of the object removes it. */
  readonly created: boolean;
  /** In their order; the first was the first master.  As of the last call of this object that changed them. */
  readonly nodes: readonly ClusterNode[];
  /** @throws {NotFoundError} when RAPI is not published, or the cluster was never finished */
  readonly rapi: Rapi;
  /**
   * @param name short or full
   * @throws {NotFoundError} naming those that exist
   */
  readonly node: (name: string) => ClusterNode;
  /**
   * Runs a command on a node, as root, and waits for its end.  `gnt-*` commands work on every node.
   *
   * @param node its name, short or full
   * @throws {CommandFailedError} only with `check`, when the status is not 0
   * @throws {NotFoundError} when there is no such node, or the cluster does not run
   * @throws {EngineError} when the engine refuses or cannot be reached
   */
  readonly exec: (node: string, argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
  /**
   * Runs `gnt-cluster verify`.
   *
   * @throws {SliceError} whose `output` has its complaints, when there are any
   */
  readonly verify: () => Promise<void>;
  /**
   * Adds nodes to the cluster, which runs on meanwhile: some seconds a node.
   *
   * @param count 1 to 999; default: 1
   * @returns the new ones
   * @throws {SliceError} when one cannot be added; those before stay
   */
  readonly addNodes: (count?: number, options?: AddNodesOptions) => Promise<readonly ClusterNode[]>;
  /**
   * Removes a node, after Ganeti has moved its instances to others.
   *
   * @param name short or full
   * @throws {ConflictError} before anything is done, when it is the master, or has instances that cannot be moved
   */
  readonly removeNode: (name: string) => Promise<void>;
  readonly status: () => Promise<ClusterStatus>;
  /** Removes the cluster, with everything that was made for it.  Does nothing when it is gone. */
  readonly down: () => Promise<void>;
}

/** `stop` and `pause` are of this node alone: as if it were a machine of its own. */
export interface ClusterNode extends Lifecycle {
  /** full: `node1.example.com` */
  readonly name: string;
  /** `node1` */
  readonly shortName: string;
  /** IPv4; reached inside the cluster's container only */
  readonly address: string;
  /** Ganeti's node group */
  readonly group: string;
  /** see `Cluster.exec` */
  readonly exec: (argv: readonly string[], options?: ExecOptions) => Promise<ExecResult>;
}

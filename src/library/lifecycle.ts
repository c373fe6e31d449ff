import { findCluster } from '../cluster/find.ts';
import { actOnNodes, type NodeAction } from '../cluster/lifecycle/nodes.ts';
import { startCluster } from '../cluster/lifecycle/start.ts';
import { pauseCluster, stopCluster, unpauseCluster } from '../cluster/lifecycle/stop.ts';
import type { Engine } from '../engine/engine.ts';
import type { Report } from '../events.ts';

/** What may be done to a whole cluster, and to single nodes of it; what is so already is no error. */
export interface Lifecycle {
  /** Resolves when it answers. */
  readonly start: () => Promise<void>;
  /** In order, as a machine is shut down.  It stays stopped until it is started. */
  readonly stop: () => Promise<void>;
  readonly restart: () => Promise<void>;
  /** Freezes all processes where they are. */
  readonly pause: () => Promise<void>;
  readonly unpause: () => Promise<void>;
}

export function clusterLifecycle(engine: Engine, name: string, report: Report): Lifecycle {
  const find = () => findCluster(engine, name);
  const start = async () => {
    await startCluster(engine, await find(), { report, signal: new AbortController().signal });
  };
  const stop = async () => {
    await stopCluster(engine, await find(), report);
  };
  return {
    start,
    stop,
    restart: async () => {
      await stop();
      await start();
    },
    pause: async () => {
      await pauseCluster(engine, await find());
    },
    unpause: async () => {
      await unpauseCluster(engine, await find());
    },
  };
}

/** Of one node, as if it were a machine of its own. */
export function nodeLifecycle(engine: Engine, cluster: string, node: string): Lifecycle {
  const act = (action: NodeAction) => async () => {
    await actOnNodes(engine, await findCluster(engine, cluster), action, [node]);
  };
  return {
    start: act('start'),
    stop: act('stop'),
    restart: act('restart'),
    pause: act('pause'),
    unpause: act('unpause'),
  };
}

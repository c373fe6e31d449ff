import type { ContainerDetails, ContainerState, Engine } from '../engine/engine.ts';
import { isHealthy } from './healthy.ts';

/** How a cluster is, in a word.  `unhealthy`: it runs, but does not answer. */
export type ClusterState = 'running' | 'starting' | 'unhealthy' | 'paused' | 'stopped';

/**
 * Goes by the container and by the image's health check.  That asks the cluster every ten seconds only, so before it is
 * believed that the cluster does not answer, the cluster is asked once more.
 */
export async function findState(engine: Engine, details: ContainerDetails): Promise<ClusterState> {
  const { id, state, health } = details;
  if (state !== 'running') return notRunning[state];
  if (health === 'none' || health === 'healthy' || (await isHealthy(engine, id))) return 'running';
  return health;
}

const notRunning: Readonly<Record<Exclude<ContainerState, 'running'>, ClusterState>> = {
  restarting: 'starting',
  paused: 'paused',
  created: 'stopped',
  removing: 'stopped',
  exited: 'stopped',
  dead: 'stopped',
};

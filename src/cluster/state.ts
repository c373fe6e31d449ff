import type { ContainerDetails, ContainerState } from '../engine/engine.ts';

/** How a cluster is, in a word.  `unhealthy`: it runs, but does not answer. */
export type ClusterState = 'running' | 'starting' | 'unhealthy' | 'paused' | 'stopped';

/** Goes by the container and by the image's health check, which asks the cluster every ten seconds. */
export function stateOf({ state, health }: Pick<ContainerDetails, 'state' | 'health'>): ClusterState {
  if (state === 'running') return health === 'none' || health === 'healthy' ? 'running' : health;
  return notRunning[state];
}

const notRunning: Readonly<Record<Exclude<ContainerState, 'running'>, ClusterState>> = {
  restarting: 'starting',
  paused: 'paused',
  created: 'stopped',
  removing: 'stopped',
  exited: 'stopped',
  dead: 'stopped',
};

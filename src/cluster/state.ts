import type { ContainerDetails, ContainerState, Engine } from '../engine/engine.ts';
import { isHealthy } from './inspect.ts';

/**
 * The state of a cluster.  `unhealthy`: it runs, but does not respond.  Only for multi-host clusters: `degraded`, when
 * it does not run on some hosts or they cannot be reached, and `unreachable`, when no host can be reached.
 */
export type ClusterState = SliceState | 'degraded' | 'unreachable';

export type SliceState = 'running' | 'starting' | 'unhealthy' | 'paused' | 'stopped';

/** The state of a multi-host cluster, from its state on each host. */
export function combineStates(hosts: readonly { readonly state: SliceState | 'unreachable' }[]): ClusterState {
  const states = new Set(hosts.map(({ state }) => state));
  const [first = 'stopped'] = states;
  if (states.size === 1) return first;
  if ([...states].every((state) => state === 'stopped' || state === 'unreachable')) return 'stopped';
  if ((['stopped', 'paused', 'unreachable'] as const).some((state) => states.has(state))) return 'degraded';
  return states.has('unhealthy') ? 'unhealthy' : 'starting';
}

/**
 * Determines the state from the container and from the image's health check.  The health check runs only every ten
 * seconds, so before reporting that the cluster does not respond, this checks once more.
 */
export async function findState(engine: Engine, details: ContainerDetails): Promise<SliceState> {
  const { id, state, health } = details;
  if (state !== 'running') return notRunning[state];
  if (health === 'none' || health === 'healthy' || (await isHealthy(engine, id))) return 'running';
  return health;
}

const notRunning: Readonly<Record<Exclude<ContainerState, 'running'>, SliceState>> = {
  restarting: 'starting',
  paused: 'paused',
  created: 'stopped',
  removing: 'stopped',
  exited: 'stopped',
  dead: 'stopped',
};

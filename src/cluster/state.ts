import type { ContainerDetails, ContainerState, Engine } from '../engine/engine.ts';
import { isHealthy } from './inspect.ts';

/**
 * How a cluster is, in a word.  `unhealthy`: it runs, but does not answer.  Of several hosts, `degraded`: on some it does not run, or they
 * cannot be reached; `unreachable`: none can.
 */
export type ClusterState = SliceState | 'degraded' | 'unreachable';

export type SliceState = 'running' | 'starting' | 'unhealthy' | 'paused' | 'stopped';

/** Of a cluster on several hosts, by how it is on each. */
export function combineStates(hosts: readonly { readonly state: SliceState | 'unreachable' }[]): ClusterState {
  const states = new Set(hosts.map(({ state }) => state));
  const [first = 'stopped'] = states;
  if (states.size === 1) return first;
  if ([...states].every((state) => state === 'stopped' || state === 'unreachable')) return 'stopped';
  if ((['stopped', 'paused', 'unreachable'] as const).some((state) => states.has(state))) return 'degraded';
  return states.has('unhealthy') ? 'unhealthy' : 'starting';
}

/**
 * Goes by the container and by the image's health check.  That asks the cluster every ten seconds only, so before it is
 * believed that the cluster does not answer, the cluster is asked once more.
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

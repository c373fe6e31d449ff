import { defaultMemory } from '../config/defaults.ts';
import type { ContainerDetails, Limits } from '../engine/engine.ts';
import { pidsLimit } from './container-settings.ts';

/**
 * The new limits of a container for that many nodes; `undefined` when the current ones are sufficient.  A limit that
 * the user gave does not change, and an unlimited container stays unlimited.
 */
export function raisedLimits(
  now: Pick<ContainerDetails, 'memory' | 'pidsLimit'>,
  nodes: number,
  memoryGiven: boolean,
): Limits | undefined {
  const wanted = { memory: defaultMemory(nodes), pidsLimit: pidsLimit(nodes) };
  const raised = {
    ...(!memoryGiven && now.memory > 0 && now.memory < wanted.memory && { memory: wanted.memory }),
    ...(now.pidsLimit > 0 && now.pidsLimit < wanted.pidsLimit && { pidsLimit: wanted.pidsLimit }),
  };
  return Object.keys(raised).length === 0 ? undefined : raised;
}

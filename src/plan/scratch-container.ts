import type { ContainerSettings } from '../engine/engine.ts';

/** Marks containers that are removed right after use; `prune` removes those that a killed run left behind. */
export const scratchLabel = 'vcluster-box.scratch';

/**
 * Settings of a container that is created only to read from an image or to inspect the engine's machine from the
 * inside. It has the fewest possible privileges.
 */
export function scratchContainer(image: string, command: readonly string[]): ContainerSettings {
  return {
    image,
    command,
    hostname: 'scratch',
    labels: { [scratchLabel]: '' },
    env: {},
    capDrop: ['ALL'],
    capAdd: [],
    securityOpt: ['no-new-privileges'],
    ulimits: [],
    network: 'none',
    ports: [],
    dns: [],
    dnsOptions: [],
    sysctls: {},
    restartPolicy: 'no',
    stopGraceSeconds: 1,
    memory: 0,
    nanoCpus: 0,
    pidsLimit: 50,
  };
}

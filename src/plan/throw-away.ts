import type { ContainerSettings } from '../engine/engine.ts';

/** On containers that nobody is to keep; `prune` removes those that a killed run has left. */
export const throwAwayLabel = 'vcluster-box.throw-away';

/**
 * The settings of a container that is made only to look into an image, or at the machine from inside.  It may do as little
 * as can be; and it has no limits, for what the engine gives by itself is part of what is looked at.
 */
export function throwAwayContainer(image: string, command: readonly string[]): ContainerSettings {
  return {
    image,
    command,
    hostname: 'throw-away',
    labels: { [throwAwayLabel]: '' },
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

import { archives } from './archives.ts';
import type { Connection } from './connection.ts';
import { containers } from './containers.ts';
import { describe } from './describe.ts';
import type { Engine } from './engine.ts';
import { execCommands } from './exec.ts';
import { images } from './images.ts';
import { logs } from './logs.ts';
import { networksAndVolumes } from './networks-and-volumes.ts';

/** The engine interface over dockerode. */
export function toEngine(connection: Connection): Engine {
  return {
    endpoint: connection.endpoint,
    describe: () => describe(connection),
    ...containers(connection),
    ...logs(connection),
    ...archives(connection),
    ...execCommands(connection),
    ...networksAndVolumes(connection),
    ...images(connection),
  };
}

import { addPorts } from '../cluster/ports/add-ports.ts';
import { allPorts, findPortOwners } from '../cluster/ports/all-ports.ts';
import type { PublishedPort } from '../cluster/ports/published-port.ts';
import { unpublishPorts } from '../cluster/ports/unpublish.ts';
import type { Engine } from '../engine/engine.ts';

/** What is reached from outside the cluster. */
export interface Ports {
  /** All that are published, RAPI's first. */
  readonly ports: () => Promise<readonly PublishedPort[]>;
  /**
   * Publishes a port of a node, while the cluster runs on.
   *
   * @param port `[ADDRESS:][HOSTPORT:]NODE:PORT`, such as `node1:22`; or `rapi` in place of NODE:PORT
   * @returns where it is reached
   */
  readonly publish: (port: string) => Promise<Pick<PublishedPort, 'address' | 'port' | 'target'>>;
  /**
   * Takes a port back.
   *
   * @param port as it was published, or its HOSTPORT alone
   * @throws {NotFoundError} when it is not published
   */
  readonly unpublish: (port: string) => Promise<void>;
}

export function clusterPorts(engine: Engine, name: string): Ports {
  return {
    ports: async () => allPorts(engine, await findPortOwners(engine, name)),
    publish: async (port) => {
      const [published] = await addPorts(engine, [port], { name, signal: new AbortController().signal });
      if (published === undefined) throw new RangeError(`${port} was published nowhere`);
      return published;
    },
    unpublish: async (port) => {
      await unpublishPorts(engine, [port], name);
    },
  };
}

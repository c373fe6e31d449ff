import type { Engine } from '../../engine/engine.ts';

/** What one run has made, so that it can remove that and nothing else. */
export interface Made {
  readonly container: (id: string) => void;
  readonly network: (id: string) => void;
  /** a relay container, that publishes a port */
  readonly relay: (id: string) => void;
  /** Removes the container again, because another is to be made in its place. */
  readonly forgetContainer: () => Promise<void>;
  /** @returns the container's id, while there is one */
  readonly currentContainer: () => string | undefined;
  /** Removes the containers, and leaves the network for later. */
  readonly undoContainers: () => Promise<void>;
  readonly undo: () => Promise<void>;
}

export function nothingMade(engine: Engine): Made {
  let container: string | undefined;
  let network: string | undefined;
  const relays: string[] = [];
  const forgetContainer = async () => {
    if (container !== undefined) await engine.removeContainer(container);
    container = undefined;
  };
  const undoContainers = async () => {
    await Promise.all(relays.map((id) => engine.removeContainer(id)));
    await forgetContainer();
  };
  return {
    container: (id) => {
      container = id;
    },
    network: (id) => {
      network = id;
    },
    relay: (id) => {
      relays.push(id);
    },
    forgetContainer,
    currentContainer: () => container,
    undoContainers,
    undo: async () => {
      await undoContainers();
      if (network !== undefined) await engine.removeNetwork(network);
    },
  };
}

import type { Report } from '../../events.ts';
import { withTimeout } from '../../wait.ts';
import type { SliceHost } from './hosts.ts';
import { keepLog } from './keep-diagnostics.ts';

/** What a run has created on one host. */
export interface HostRollback {
  readonly container: (id: string) => void;
  readonly network: (id: string) => void;
  /** a container that publishes a port */
  readonly relay: (id: string) => void;
  /** Removes the slice's container, because another replaces it. */
  readonly removeContainer: () => Promise<void>;
}

/** Everything that a run has created, on all hosts, so that it can remove exactly that. */
export interface Rollback {
  readonly on: (host: SliceHost) => HostRollback;
  /** hosts with a slice's container of this run */
  readonly hosts: () => readonly SliceHost[];
  /**
   * Removes everything, on all hosts at once; networks last, because some are on several hosts.
   *
   * @returns the hosts where that failed
   */
  readonly undo: () => Promise<readonly SliceHost[]>;
  /** Stops the slices' containers. @returns the hosts where that failed */
  readonly stop: () => Promise<readonly SliceHost[]>;
  /** those of `hosts` whose engine answers now */
  readonly answering: () => Promise<readonly SliceHost[]>;
  /** Saves the log of each slice, and reports where. */
  readonly keepLogs: (report: Report, to: { readonly stateDirectory: string; readonly name: string }) => Promise<void>;
}

interface Created {
  readonly host: SliceHost;
  container: string | undefined;
  network: string | undefined;
  readonly relays: string[];
}

/** An engine that does not answer delays the others no longer than this. */
const hostTimeoutMs = 25_000;
const answerTimeoutMs = 5000;

export function createRollback(): Rollback {
  const created = new Map<number, Created>();
  const withSlice = () => [...created.values()].filter(({ container }) => container !== undefined);
  const onEach = async (act: (one: Created) => Promise<void>): Promise<readonly SliceHost[]> => {
    const all = [...created.values()];
    const outcomes = await Promise.all(all.map((one) => succeeds(act(one), hostTimeoutMs)));
    return all.filter((_, index) => outcomes[index] === false).map(({ host }) => host);
  };
  return {
    on: (host) => {
      const one = created.get(host.number) ?? { host, container: undefined, network: undefined, relays: [] };
      created.set(host.number, one);
      return hostRollback(one);
    },
    hosts: () => withSlice().map(({ host }) => host),
    undo: async () => {
      const left = await onEach(removeContainers);
      const more = await onEach((one) => (left.includes(one.host) ? Promise.resolve() : removeNetwork(one)));
      return [...left, ...more];
    },
    stop: () =>
      onEach(async ({ host, container }) => {
        if (container !== undefined) await host.engine.stopContainer(container, 30);
      }),
    answering: async () => {
      const all = withSlice();
      const answers = await Promise.all(all.map(({ host }) => succeeds(host.engine.describe(), answerTimeoutMs)));
      return all.filter((_, index) => answers[index] === true).map(({ host }) => host);
    },
    keepLogs: async (report, to) => {
      const kept = new Map<SliceHost, string>();
      await onEach(async ({ host, container }) => {
        if (container === undefined) return;
        const file = await keepLog(host.engine, container, { ...to, report, name: `${to.name}-${host.number}` });
        if (file !== undefined) kept.set(host, file);
      });
      for (const [host, file] of [...kept].toSorted(([a], [b]) => a.number - b.number))
        report({ type: 'notice', message: `The log of slice ${host.number} is in ${file}` });
    },
  };
}

function hostRollback(one: Created): HostRollback {
  return {
    container: (id) => {
      one.container = id;
    },
    network: (id) => {
      one.network = id;
    },
    relay: (id) => {
      one.relays.push(id);
    },
    removeContainer: () => removeContainer(one),
  };
}

async function removeContainers(one: Created): Promise<void> {
  await Promise.all(one.relays.map((id) => one.host.engine.removeContainer(id)));
  one.relays.length = 0;
  await removeContainer(one);
}

async function removeContainer(one: Created): Promise<void> {
  if (one.container !== undefined) await one.host.engine.removeContainer(one.container);
  one.container = undefined;
}

async function removeNetwork(one: Created): Promise<void> {
  if (one.network !== undefined) await one.host.engine.removeNetwork(one.network);
  one.network = undefined;
}

async function succeeds(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const done = work.then(
    () => true,
    () => false,
  );
  return (await withTimeout(done, timeoutMs)) ?? false;
}

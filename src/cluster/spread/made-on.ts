import { basename, join } from 'node:path';
import type { Report } from '../../events.ts';
import { keepLog } from '../up/keep-log.ts';
import { type Made, nothingMade } from '../up/undo.ts';
import type { Placed } from './result-hosts.ts';

/** What one run has made on each host. */
export interface MadeOn {
  readonly on: (host: Pick<Placed, 'number'>) => Made;
  /** whether it has made anything that was not undone */
  readonly any: () => boolean;
  /**
   * Removes all of it, on all hosts at once; networks after the containers of all hosts, for some are on several.
   *
   * @returns the hosts on which it was not removed
   */
  readonly undo: () => Promise<readonly Placed[]>;
  /** Stops the containers, instead. */
  readonly stop: () => Promise<readonly Placed[]>;
  /** Those of the hosts with a container that it has made whose engine answers at once. */
  readonly answering: () => Promise<readonly Placed[]>;
  /** Saves the log of each slice, and says where. */
  readonly keepLogs: (report: Report, to: { readonly stateDirectory: string; readonly name: string }) => Promise<void>;
}

/** A host that died does not keep the others waiting. */
const patienceMs = 25_000;
const promptMs = 5000;

export function nothingMadeOn(hosts: readonly Placed[]): MadeOn {
  const made = new Map(hosts.map((host) => [host.number, nothingMade(host.engine)]));
  const on = ({ number }: Pick<Placed, 'number'>): Made => {
    const there = made.get(number);
    if (there === undefined) throw new RangeError(`there is no host ${number}`);
    return there;
  };
  const onEach = async (act: (host: Placed) => Promise<void>): Promise<readonly Placed[]> => {
    const outcomes = await Promise.all(hosts.map((host) => succeeds(act(host))));
    return hosts.filter((_, index) => outcomes[index] === false);
  };
  return {
    on,
    any: () => hosts.some((host) => on(host).currentContainer() !== undefined),
    undo: async () => {
      const left = await onEach((host) => on(host).undoContainers());
      const more = await onEach((host) => (left.includes(host) ? Promise.resolve() : on(host).undo()));
      return [...left, ...more];
    },
    stop: () =>
      onEach(async (host) => {
        const container = on(host).currentContainer();
        if (container !== undefined) await host.engine.stopContainer(container, 30);
      }),
    answering: () => thoseThatAnswer(hosts.filter((host) => on(host).currentContainer() !== undefined)),
    keepLogs: async (report, { stateDirectory, name }) => {
      const kept = new Map<number, string>();
      await onEach(async (host) => {
        const container = on(host).currentContainer();
        if (container === undefined) return;
        const file = await keepLog(host.engine, container, { stateDirectory, name: `${name}-${host.number}` });
        if (file !== undefined) kept.set(host.number, `${basename(file)} (${host.endpoint})`);
      });
      if (kept.size === 0) return;
      const files = hosts.flatMap(({ number }) => kept.get(number) ?? []).join(', ');
      report({ type: 'notice', message: `The slices' logs are kept in ${join(stateDirectory, 'logs')}: ${files}` });
    },
  };
}

async function thoseThatAnswer(hosts: readonly Placed[]): Promise<readonly Placed[]> {
  const answers = await Promise.all(hosts.map(({ engine }) => succeeds(engine.describe(), promptMs)));
  return hosts.filter((_, index) => answers[index] === true);
}

async function succeeds(doing: Promise<unknown>, withinMs = patienceMs): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => {
    setTimeout(() => {
      resolve(false);
    }, withinMs).unref();
  });
  const done = doing.then(
    () => true,
    () => false,
  );
  return Promise.race([done, late]);
}

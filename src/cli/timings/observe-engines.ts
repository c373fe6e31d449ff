import { type Engine, methodScopes } from '../../engine/engine.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';

/** A request to an engine; times are as `performance.now` has them. */
export interface EngineRequest {
  /** `create container` */
  readonly title: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

type OnRequest = (request: EngineRequest) => void;

type Method = (...args: readonly unknown[]) => unknown;

/**
 * The same engines, which report every request when it ends.
 *
 * @param onRequest returns whom to report to, at the time of a request
 */
export function observeEngines(engines: EngineProvider, onRequest: () => OnRequest | undefined): EngineProvider {
  // Callers compare engines.
  const known = new WeakMap<Engine, Engine>();
  const observed = (engine: Engine) => {
    const same = known.get(engine) ?? observeEngine(engine, onRequest);
    known.set(engine, same);
    return same;
  };
  return {
    engine: async (warn) => observed(await engines.engine(warn)),
    connect: async (endpoint) => observed(await engines.connect(endpoint)),
    addressOf: (endpoint) => engines.addressOf(endpoint),
  };
}

function observeEngine(engine: Engine, onRequest: () => OnRequest | undefined): Engine {
  const names = Object.keys(methodScopes) as (keyof typeof methodScopes)[];
  const methods = names.map((name) => [name, observeMethod(name, engine[name] as Method, onRequest)]);
  return { ...engine, ...Object.fromEntries(methods) } as Engine;
}

function observeMethod(name: string, method: Method, onRequest: () => OnRequest | undefined): Method {
  const title = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return (...args) => {
    const tell = onRequest();
    if (tell === undefined) return method(...args);
    const startedAt = performance.now();
    const end = (what: string) => {
      tell({ title: what, startedAt, endedAt: performance.now() });
    };
    const result = method(...args);
    if (result instanceof Promise) {
      return result.finally(() => {
        end(title);
      });
    }
    return untilFirst(result as AsyncIterable<unknown>, () => {
      end('first line of the log');
    });
  };
}

/** A log is followed for long: what counts is when it begins. */
async function* untilFirst<T>(items: AsyncIterable<T>, begun: () => void): AsyncIterable<T> {
  let first = true;
  for await (const item of items) {
    if (first) begun();
    first = false;
    yield item;
  }
}

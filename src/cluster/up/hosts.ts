import type { HostOptions } from '../../config/host-options.ts';
import type { Engine, EngineInfo } from '../../engine/engine.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import {
  CommandFailedError,
  ConflictError,
  EngineError,
  InterruptedError,
  ResourceError,
  UnreachableError,
  UsageError,
  VclusterError,
} from '../../errors.ts';
import type { Report } from '../../events.ts';
import { containerName } from '../../plan/names.ts';
import { withTimeout } from '../../wait.ts';

/** A host that has a slice, or gets one. */
export interface SliceHost {
  /** of its slice, from 1 */
  readonly number: number;
  readonly endpoint: string;
  readonly engine: Engine;
  /** name of the slice's container */
  readonly container: string;
}

/** A host whose engine has answered. */
export interface Host extends SliceHost {
  readonly options: HostOptions;
  readonly info: EngineInfo;
  /** how many ms its clock is ahead of ours, and the error margin of that */
  readonly clock: { readonly aheadMs: number; readonly marginMs: number };
}

export type Hosts = readonly [Host, ...Host[]];

/**
 * Connects to all hosts that were named, at once; without any, to the default engine.
 *
 * @throws {UnreachableError} naming all that cannot be reached
 * @throws {ConflictError} when two endpoints lead to one engine
 * @throws {ResourceError} when their machines have different architectures
 */
export async function connectHosts(
  engines: Pick<EngineProvider, 'connect' | 'engine'>,
  { name, hosts: named }: { readonly name: string; readonly hosts: readonly HostOptions[] },
): Promise<Hosts> {
  const [first = defaultHost, ...others] = named;
  const connect = async (options: HostOptions, index: number) => {
    const engine = await (options === defaultHost ? engines.engine() : engines.connect(options.endpoint));
    return askHost(engine, options, slot(name, index + 1));
  };
  const attempts = await Promise.allSettled([first, ...others].map(connect));
  const failures = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason as unknown] : []));
  const [host, ...more] = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  if (failures.length > 0 || host === undefined) throw combine(failures);
  refuseUnlike([host, ...more]);
  return [host, ...more];
}

const defaultHost: HostOptions = { endpoint: 'default' };

/** @throws {ConflictError} @throws {ResourceError} as above */
export function refuseUnlike(hosts: readonly Host[]): void {
  refuseSameEngine(hosts);
  refuseArchitectures(hosts);
}

type Slot = Pick<SliceHost, 'number' | 'container'>;

/** @param number of the slice, from 1 */
export function slot(cluster: string, number: number): Slot {
  return { number, container: containerName(cluster, number) };
}

/** Asks an engine about itself. */
export async function askHost(engine: Engine, options: HostOptions, slice: Slot): Promise<Host> {
  const { endpoint } = options;
  const before = Date.now();
  const info = await engine.describe();
  const marginMs = (Date.now() - before) / 2;
  const aheadMs = info.systemTime - before - marginMs;
  return { ...slice, endpoint, options, engine, info, clock: { aheadMs, marginMs } };
}

function combine(failures: readonly unknown[]): unknown {
  const [first] = failures;
  if (failures.length === 1 || !failures.every((failure) => failure instanceof EngineError)) return first;
  const output = failures.map(({ message }) => message);
  const hint = failures.find((failure) => failure.hint !== undefined)?.hint;
  return new UnreachableError(`${failures.length} hosts cannot be reached`, 'see below', { output, hint });
}

function refuseSameEngine(hosts: readonly Host[]): void {
  for (const { endpoint, number, info } of hosts) {
    const twin = hosts.find((other) => other.number < number && other.info.id === info.id && info.id !== '');
    if (twin === undefined) continue;
    throw new ConflictError(`${twin.endpoint} and ${endpoint} lead to the same engine (${info.id})`, {
      hint: 'name each host once; engines copied with their data have the same id: remove engine-id or key.json on one',
    });
  }
}

/** All hosts run the same image, which has one architecture. */
function refuseArchitectures(hosts: readonly Host[]): void {
  if (new Set(hosts.map((host) => host.info.architecture)).size < 2) return;
  throw new ResourceError('the hosts have different architectures, and one image cannot run on all of them', {
    output: hosts.map((host) => `${host.endpoint}: ${host.info.architecture}`),
    hint: 'leave out the hosts of another architecture',
  });
}

/** Begins a message about a host: `host ssh://alpha: `.  The default engine is not named. */
export function hostPrefix({ endpoint }: Endpoint): string {
  return endpoint === 'default' ? '' : `host ${endpoint}: `;
}

type Endpoint = Pick<SliceHost, 'endpoint'>;

/** An error that occurred on a host: the same, with the host's name in front. */
export function withHostPrefix(host: Endpoint, error: unknown): unknown {
  const prefix = hostPrefix(host);
  if (prefix === '' || !(error instanceof VclusterError) || unprefixed.some((kind) => error instanceof kind))
    return error;
  const Kind = error.constructor as new (message: string, details: object) => VclusterError;
  const { hint, output, cause } = error;
  return new Kind(`${prefix}${error.message}`, { hint, output, cause });
}

const unprefixed = [InterruptedError, UsageError, UnreachableError, CommandFailedError];

/** Reports events of a host: the same, with the host's name in front of warnings. */
export function hostReport(host: Endpoint, report: Report): Report {
  return (event) => {
    report(event.type === 'warning' ? { ...event, message: `${hostPrefix(host)}${event.message}` } : event);
  };
}

/**
 * Runs something on all hosts at once.  When it fails on one, waits a while for the others, so that what they did can
 * be undone.
 */
export async function onAllHosts<T extends Endpoint, R>(
  hosts: readonly T[],
  run: (host: T) => Promise<R>,
): Promise<readonly R[]> {
  const all = hosts.map((host) =>
    run(host).catch((error: unknown) => {
      throw withHostPrefix(host, error);
    }),
  );
  try {
    return await Promise.all(all);
  } catch (error) {
    await withTimeout(Promise.allSettled(all), othersTimeoutMs);
    throw error;
  }
}

const othersTimeoutMs = 20_000;

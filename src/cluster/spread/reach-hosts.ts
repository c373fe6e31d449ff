import type { HostOptions } from '../../config/host-options.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { ConflictError, EngineError, ResourceError, UnreachableError } from '../../errors.ts';
import type { Host } from './host.ts';

/**
 * Connects to all hosts at once.
 *
 * @throws {UnreachableError} naming all that cannot be reached
 * @throws {ConflictError} when two endpoints lead to one engine
 * @throws {ResourceError} when their machines are of several kinds
 */
export async function reachHosts(
  connect: EngineProvider['connect'],
  wanted: readonly HostOptions[],
): Promise<readonly [Host, ...Host[]]> {
  const attempts = await Promise.allSettled(wanted.map((options, index) => reach(connect, options, index + 1)));
  const failures = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason as unknown] : []));
  if (failures.length > 0) throw together(failures);
  const [first, ...others] = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  if (first === undefined) throw new RangeError('a cluster is on one host at least');
  const hosts = [first, ...others] as const;
  refuseUnlike(hosts);
  return hosts;
}

/** @throws {ConflictError} @throws {ResourceError} as above */
export function refuseUnlike(hosts: readonly [Host, ...Host[]]): void {
  refuseTwins(hosts);
  refuseKinds(hosts);
}

async function reach(connect: EngineProvider['connect'], options: HostOptions, number: number): Promise<Host> {
  return askHost(await connect(options.endpoint), options, number);
}

/** What its engine says of it. */
export async function askHost(engine: Engine, options: HostOptions, number: number): Promise<Host> {
  const { endpoint } = options;
  const before = Date.now();
  const info = await engine.describe();
  const marginMs = (Date.now() - before) / 2;
  const aheadMs = info.systemTime - before - marginMs;
  return { number, endpoint, options, engine, info, clock: { aheadMs, marginMs } };
}

function together(failures: readonly unknown[]): unknown {
  const [first] = failures;
  if (failures.length === 1 || !failures.every((failure) => failure instanceof EngineError)) return first;
  const output = failures.map(({ message }) => message);
  const hint = failures.find((failure) => failure.hint !== undefined)?.hint;
  return new UnreachableError(`${failures.length} hosts cannot be reached`, 'each is told of below', { output, hint });
}

function refuseTwins(hosts: readonly Host[]): void {
  for (const { endpoint, number, info } of hosts) {
    const twin = hosts.find((other) => other.number < number && other.info.id === info.id && info.id !== '');
    if (twin === undefined) continue;
    throw new ConflictError(`${twin.endpoint} and ${endpoint} lead to one engine (${info.id})`, {
      hint: 'name each host once; engines that were copied with their data have one id, too: remove engine-id or key.json',
    });
  }
}

/** An image is of one architecture, and all hosts get the same. */
function refuseKinds(hosts: readonly [Host, ...Host[]]): void {
  const [{ info }] = hosts;
  const other = hosts.find((host) => host.info.architecture !== info.architecture);
  if (other === undefined) return;
  const kinds = hosts.map((host) => `${host.endpoint}: ${host.info.architecture}`);
  throw new ResourceError('the hosts are machines of several architectures, and one image cannot run on all of them', {
    output: kinds,
    hint: 'leave out those of another architecture',
  });
}

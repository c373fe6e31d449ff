import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { ClusterRequest } from '../config/parse-cluster-spec.ts';
import { UsageError } from '../errors.ts';
import { requestedCluster } from './common-options.ts';
import type { World } from './context.ts';
import { readOptionFile } from './read-option-file.ts';

interface Asked {
  /** the argument */
  readonly name: string | undefined;
  readonly flags: { readonly cluster?: string; readonly file?: string };
  /** those of the flags that are the spec's; `undefined`: not given */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * What `up` was asked for, by its flags and the configuration file.
 *
 * @throws {UsageError} with all that is wrong with either
 */
export async function upRequest(
  { name, flags, options }: Asked,
  command: Command,
  world: World,
): Promise<ClusterRequest> {
  if (name !== undefined && flags.cluster !== undefined && name !== flags.cluster) {
    throw new UsageError(`two names: ${name} and ${flags.cluster}`, { hint: 'give one: vcluster-box up NAME' });
  }
  const { parseClusterFile, parseClusterSpec } = await import('../config/parse-cluster-spec.ts');
  if (flags.file === undefined) {
    return parseClusterSpec({ ...options, name: name ?? requestedCluster(command, world) }, 'command line');
  }
  // A name in the file wins over the one in the environment, which is meant for all commands.
  const given = { ...options, name: name ?? requestedCluster(command, { env: {} }) };
  const file = await readOptionFile(flags.file, world);
  const request = parseClusterFile(file, given, { name: requestedCluster(command, world) });
  return options['os'] === undefined ? besideFile(request, flags.file) : request;
}

/** The same request, but its paths, which are relative to the file that they stand in, as this program finds them. */
function besideFile(request: ClusterRequest, file: string): ClusterRequest {
  if (file === '-') return request;
  const os = request.spec.os.map((path) => (path.startsWith('/') ? path : join(dirname(file), path)));
  return { ...request, spec: { ...request.spec, os } };
}

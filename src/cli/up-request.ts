import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { ClusterRequest } from '../config/parse-cluster-spec.ts';
import { UsageError } from '../errors.ts';
import { requestedCluster } from './common-options.ts';
import type { CliEnvironment } from './context.ts';
import { readOptionFile } from './read-option-file.ts';

interface Requested {
  /** the argument */
  readonly name: string | undefined;
  readonly flags: { readonly cluster?: string; readonly file?: string };
  /** options of the cluster that were given as flags; `undefined`: not given */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Combines the flags of `up`, the configuration file and the environment.
 *
 * @throws {UsageError} listing every problem
 */
export async function upRequest(
  { name, flags, options }: Requested,
  command: Command,
  environment: CliEnvironment,
): Promise<ClusterRequest> {
  if (name !== undefined && flags.cluster !== undefined && name !== flags.cluster) {
    throw new UsageError(`the cluster has two names: ${name} and ${flags.cluster}`, {
      hint: 'give one: vcluster-box up NAME',
    });
  }
  const { parseClusterFile, parseClusterSpec } = await import('../config/parse-cluster-spec.ts');
  if (flags.file === undefined) {
    return parseClusterSpec({ ...options, name: name ?? requestedCluster(command, environment) }, 'command line');
  }
  // A name in the file takes precedence over the environment, which is for all commands.
  const given = { ...options, name: name ?? requestedCluster(command, { env: {} }) };
  const file = await readOptionFile(flags.file, environment);
  const request = parseClusterFile(file, given, { name: requestedCluster(command, environment) });
  return flags.file === '-' ? request : resolveRelativePaths(request, flags.file, options);
}

/** Paths in a file are relative to the file; those of flags are not. */
function resolveRelativePaths(request: ClusterRequest, file: string, flags: Requested['options']): ClusterRequest {
  const { os, packages, tree } = request.spec;
  const resolve = (path: string) => (path.startsWith('/') ? path : join(dirname(file), path));
  const inFile = {
    ...(flags['os'] === undefined && { os: os.map(resolve) }),
    ...(flags['packages'] === undefined && { packages: packages.map(resolve) }),
    ...(flags['tree'] === undefined && tree !== undefined && { tree: resolve(tree) }),
  };
  return { ...request, spec: { ...request.spec, ...inFile } };
}

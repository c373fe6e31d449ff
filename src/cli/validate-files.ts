import type { ClusterSpec } from '../config/cluster-spec.ts';
import { UsageError } from '../errors.ts';
import { planCluster } from '../plan/plan-cluster.ts';
import type { World } from './context.ts';
import { readOptionFile } from './read-option-file.ts';

interface ValidFile {
  readonly file: string;
  readonly spec: ClusterSpec;
}

/**
 * What the files come to.
 *
 * @throws {UsageError} with all that is wrong with any of them
 */
export async function validateFiles(
  files: readonly string[],
  world: Pick<World, 'stdin'>,
): Promise<readonly ValidFile[]> {
  const results = await Promise.all(files.map((file) => validate(file, world)));
  const wrong = results.filter((result) => result instanceof UsageError);
  const [first] = wrong;
  if (first !== undefined && wrong.length === 1) throw first;
  if (first !== undefined) throw new UsageError(wrong.map(({ message }) => message).join('\n'), { hint: first.hint });
  return results.flatMap((result) => (result instanceof UsageError ? [] : [result]));
}

async function validate(file: string, world: Pick<World, 'stdin'>): Promise<ValidFile | UsageError> {
  const { parseClusterFile } = await import('../config/parse-cluster-spec.ts');
  try {
    const { spec } = parseClusterFile(await readOptionFile(file, world));
    return planProblem(file, spec) ?? { file, spec };
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

/** The subnet may be too small. */
function planProblem(file: string, spec: ClusterSpec): UsageError | undefined {
  try {
    planCluster(spec);
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return new UsageError(`${file}: ${error.message}`, { hint: error.hint });
  }
}

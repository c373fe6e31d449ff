import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { ClusterSpec } from '../../config/cluster-spec.ts';
import { systemReason, UsageError } from '../../errors.ts';
import { planCluster } from '../../plan/plan-cluster.ts';
import type { CliContext, CliEnvironment } from '../context.ts';
import { addDetails } from '../help.ts';
import { readOptionFile } from '../read-option-file.ts';

const details = `
\`vcluster-box config init cluster.yaml\` writes a file with every option, its default and a comment, and
\`vcluster-box up -f cluster.yaml\` creates the cluster: [configuration.md](configuration.md). If a file is invalid,
all errors are reported at once, with line and column, and the exit status is 2.

Editors with a YAML language server complete and check the file if its schema is in the same folder: \`vcluster-box
config schema > cluster.schema.json\`.
`;

/** `vcluster-box config ...`: the file that `up -f` reads.  These commands need no engine. */
export function configCommand(context: CliContext): Command {
  return addDetails(new Command('config'), details)
    .description('write, check and describe the configuration file for `up -f`')
    .addCommand(initCommand(context))
    .addCommand(validateCommand(context))
    .addCommand(schemaCommand(context));
}

function initCommand({ print }: CliContext): Command {
  return new Command('init')
    .description('write an example file with every option, its default and a comment')
    .argument('[file]', 'file to write, "-" for standard output', '-')
    .option('--force', 'overwrite an existing file')
    .action(async (file: string, { force = false }: { readonly force?: boolean }) => {
      const { exampleFile } = await import('../../config/example.ts');
      const content = exampleFile();
      if (file === '-') await print(content.trimEnd());
      else await writeNew(file, content, force);
    });
}

function validateCommand(context: CliContext): Command {
  return new Command('validate')
    .description('check files for `up -f`, and report all errors with their positions')
    .argument('<file...>', 'file to check, "-" for standard input')
    .option('--json', 'print the resulting options, including defaults, as JSON')
    .action(async (files: readonly string[], { json }: { readonly json?: boolean }) => {
      const valid = await validateFiles(files, context);
      const text = valid.map(({ file, spec }) => `${file}: valid (${summary(spec)})`).join('\n');
      await context.print(json === true ? JSON.stringify(valid, undefined, 2) : text);
    });
}

function schemaCommand({ print }: CliContext): Command {
  return new Command('schema').description('print the JSON schema of the file, for editors').action(async () => {
    const { clusterSchema } = await import('../../config/json-schema.ts');
    await print(JSON.stringify(clusterSchema(), undefined, 2));
  });
}

function summary({ nodes, groups, instances }: ClusterSpec): string {
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  return [count(nodes, 'node'), count(groups.length, 'group'), count(instances, 'instance')].join(', ');
}

interface ValidFile {
  readonly file: string;
  readonly spec: ClusterSpec;
}

/** @throws {UsageError} listing the errors of all files */
async function validateFiles(
  files: readonly string[],
  environment: Pick<CliEnvironment, 'stdin'>,
): Promise<readonly ValidFile[]> {
  const results = await Promise.all(files.map((file) => validate(file, environment)));
  const wrong = results.filter((result) => result instanceof UsageError);
  const [first] = wrong;
  if (first !== undefined && wrong.length === 1) throw first;
  if (first !== undefined) throw new UsageError(wrong.map(({ message }) => message).join('\n'), { hint: first.hint });
  return results.flatMap((result) => (result instanceof UsageError ? [] : [result]));
}

async function validate(file: string, environment: Pick<CliEnvironment, 'stdin'>): Promise<ValidFile | UsageError> {
  const { parseClusterFile } = await import('../../config/parse-cluster-spec.ts');
  try {
    const { spec } = parseClusterFile(await readOptionFile(file, environment));
    return planProblem(file, spec) ?? { file, spec };
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

/** A valid spec can have too many nodes for its subnet. */
function planProblem(file: string, spec: ClusterSpec): UsageError | undefined {
  try {
    planCluster(spec);
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return new UsageError(`${file}: ${error.message}`, { hint: error.hint });
  }
}

async function writeNew(file: string, content: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, content, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new UsageError(`${file} already exists`, { hint: 'use --force to overwrite it' });
    throw new UsageError(`${file} cannot be written: ${systemReason(error as Error) ?? String(error)}`);
  }
}

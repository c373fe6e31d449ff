import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { ClusterSpec } from '../../config/cluster-spec.ts';
import { UsageError } from '../../errors.ts';
import { planCluster } from '../../plan/plan-cluster.ts';
import type { CliContext, World } from '../context.ts';
import { addDetails } from '../help.ts';
import { readOptionFile } from '../read-option-file.ts';

const details = `
\`vcluster-box config init cluster.yaml\` writes a file with every option, its default and what it is for; \`vcluster-box up -f
cluster.yaml\` makes the cluster. What may be in it: [configuration.md](configuration.md). A file that cannot be used is refused
with all that is wrong with it at once, each with line and column, and exit status 2.

Editors that know YAML complete and check the file once its schema lies beside it: \`vcluster-box config schema >
cluster.schema.json\`.
`;

/** `vcluster-box config ...`: the file that `up -f` reads.  Nothing here needs an engine. */
export function configCommand(context: CliContext): Command {
  return addDetails(new Command('config'), details)
    .description('begin, check and describe the configuration file that `up -f` reads')
    .addCommand(initCommand(context))
    .addCommand(validateCommand(context))
    .addCommand(schemaCommand(context));
}

function initCommand({ print }: CliContext): Command {
  return new Command('init')
    .description('write an example with every option, its default and what it is for')
    .argument('[file]', 'the file to make; "-": standard output', '-')
    .option('--force', 'write over a file that is there')
    .action(async (file: string, { force = false }: { readonly force?: boolean }) => {
      const { exampleFile } = await import('../../config/example.ts');
      const content = exampleFile();
      if (file === '-') await print(content.trimEnd());
      else await writeNew(file, content, force);
    });
}

function validateCommand(context: CliContext): Command {
  return new Command('validate')
    .description('look whether files are such that `up -f` takes them; all that is wrong is told, with its place')
    .argument('<file...>', '"-": standard input')
    .option('--json', 'print what the files come to, defaults included, as JSON')
    .action(async (files: readonly string[], { json }: { readonly json?: boolean }) => {
      const valid = await validateFiles(files, context);
      const text = valid.map(({ file, spec }) => `${file}: valid (${summary(spec)})`).join('\n');
      await context.print(json === true ? JSON.stringify(valid, undefined, 2) : text);
    });
}

function schemaCommand({ print }: CliContext): Command {
  return new Command('schema')
    .description('print the JSON schema of the file, with which editors complete and check it')
    .action(async () => {
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

/**
 * What the files come to.
 *
 * @throws {UsageError} with all that is wrong with any of them
 */
async function validateFiles(files: readonly string[], world: Pick<World, 'stdin'>): Promise<readonly ValidFile[]> {
  const results = await Promise.all(files.map((file) => validate(file, world)));
  const wrong = results.filter((result) => result instanceof UsageError);
  const [first] = wrong;
  if (first !== undefined && wrong.length === 1) throw first;
  if (first !== undefined) throw new UsageError(wrong.map(({ message }) => message).join('\n'), { hint: first.hint });
  return results.flatMap((result) => (result instanceof UsageError ? [] : [result]));
}

async function validate(file: string, world: Pick<World, 'stdin'>): Promise<ValidFile | UsageError> {
  const { parseClusterFile } = await import('../../config/parse-cluster-spec.ts');
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

async function writeNew(file: string, content: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, content, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new UsageError(`${file} is there already`, { hint: 'write over it: --force' });
    throw new UsageError(`${file} cannot be written: ${message}`, { cause: error });
  }
}

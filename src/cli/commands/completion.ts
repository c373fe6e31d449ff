import { Argument, Command } from 'commander';
import { readPackageFile } from '../../package-files.ts';
import { withTimeout } from '../../wait.ts';
import { findCompletions, liveCompletions, type Completions, type Suggestion } from '../completion/completions.ts';
import { readTypedLine, type TypedLine } from '../completion/typed-line.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';

const details = `
The script completes commands, options and their values, and the names of existing clusters, nodes and images. It runs
vcluster-box at each Tab, so it works with any installed version. If no engine answers within two seconds, only names
are missing.

- bash: add \`source <(vcluster-box completion bash)\` to \`~/.bashrc\`
- zsh: add \`source <(vcluster-box completion zsh)\` to \`~/.zshrc\`, after \`compinit\`
- fish: run \`vcluster-box completion fish > ~/.config/fish/completions/vcluster-box.fish\`

Completion does not work in a clone, where the program is run by \`npx\`.
`;

const scripts = { bash: 'vcluster-box.bash', zsh: '_vcluster-box', fish: 'vcluster-box.fish' } as const;

/** `vcluster-box completion bash|zsh|fish`: the script asks `__complete` for everything it offers. */
export function completionCommand({ print }: CliContext): Command {
  return addDetails(new Command('completion'), details)
    .description('print a shell completion script')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(scripts)))
    .action(async (shell: keyof typeof scripts) => {
      await print(readPackageFile(`completion/${scripts[shell]}`).trimEnd());
    });
}

/** A user is waiting after pressing Tab. */
const timeoutMs = 2000;

/**
 * `vcluster-box __complete -- WORD...`: used by the completion scripts.
 *
 * Prints the completions of the last word, one per line, each with a tab and a description.  A last line that begins
 * with a colon contains directives for the shell: `:files` (add file names), `:nospace` (the word continues).  On any
 * failure, it prints no error and exits with 0.
 */
export function completeCommand(context: CliContext): Command {
  return new Command('__complete').argument('[word...]').action(async (words: readonly string[], _flags, command) => {
    const { parent } = command as Command;
    if (parent === null) return;
    const line = readTypedLine(parent, words);
    const completions = findCompletions(line);
    const live = await withTimeout(findLive(context, line, completions), timeoutMs).catch(() => undefined);
    const lines = [...completions.fixed, ...(live ?? [])]
      .map(({ value, description }) => ({
        value: `${completions.prefix}${value}`,
        description: description?.split('\n', 1)[0],
      }))
      .filter(({ value }) => value.startsWith(line.word) && !line.operands.includes(value))
      .map(({ value, description }) => (description ? `${value}\t${description}` : value));
    const all = [...lines, ...directives(completions)];
    if (all.length > 0) await context.print(all.join('\n'));
  });
}

async function findLive(
  context: CliContext,
  line: TypedLine,
  completions: Completions,
): Promise<readonly Suggestion[]> {
  const sources = completions.sources.filter((source) => source !== 'files');
  if (sources.length === 0) return [];
  const engine = await context.engine();
  const query = { cluster: clusterOf(line, context), word: line.word.slice(completions.prefix.length) };
  return (await Promise.all(sources.map((source) => liveCompletions(engine, source, query)))).flat();
}

/** The cluster that the command will use: named by an argument, an option or the environment. */
function clusterOf({ command, operands, given }: TypedLine, { env }: CliContext): string | undefined {
  const named = command.registeredArguments[0]?.name() === 'name' ? operands[0] : undefined;
  const cluster = named ?? given.get('cluster') ?? env['VCLUSTER_BOX_CLUSTER'];
  return typeof cluster === 'string' && cluster !== '' ? cluster : undefined;
}

function directives({ sources, prefix }: Completions): readonly string[] {
  const words = [
    ...(sources.includes('files') && prefix === '' ? ['files'] : []),
    ...(sources.includes('nodes:') ? ['nospace'] : []),
  ];
  return words.length === 0 ? [] : [`:${words.join(',')}`];
}

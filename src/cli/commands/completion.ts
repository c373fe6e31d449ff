import { Argument, Command } from 'commander';
import { completionScript, shells, type Shell } from '../completion/scripts.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';

const details = `
The script completes commands, options and their values, and the names of clusters, nodes and images that there are. It asks
vcluster-box at each Tab, so it need not be made anew with a new version. Where no engine answers within a second, it offers
what is known without one.

- bash: in \`~/.bashrc\`:
  \`source <(vcluster-box completion bash)\`
- zsh: in \`~/.zshrc\`, after \`compinit\`:
  \`source <(vcluster-box completion zsh)\`
- fish: once:
  \`vcluster-box completion fish > ~/.config/fish/completions/vcluster-box.fish\`

In a clone, where \`npx\` runs the program, no shell completes it.
`;

/** `vcluster-box completion bash|zsh|fish`: the script is printed as it is, and works for whatever version is installed. */
export function completionCommand({ print }: CliContext): Command {
  return addDetails(new Command('completion'), details)
    .description('print a script that lets a shell complete command lines')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action(async (shell: Shell) => print((await completionScript(shell)).trimEnd()));
}

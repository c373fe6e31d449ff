import { Command } from 'commander';
import { findExecTarget } from '../../cluster/exec-target.ts';
import type { ExecTarget } from '../../cluster/exec.ts';
import type { Signals } from '../../cluster/signals.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { addClusterOption, colorAllowed, requestedCluster } from '../common-options.ts';
import type { CliContext } from '../context.ts';
import { addDetails } from '../help.ts';
import { runOnNode } from '../run-on-nodes.ts';

const details = `
The prompt shows the names of the cluster and the node, and \`master\` while the node is the master. Tab completes
Ganeti's commands, options, and the names of nodes and instances; Ganeti's manual pages, such as \`man gnt-node\`, are
installed; \`gnt-*\` commands work on every node, as in \`exec\`. The node's files are below \`$GANETI_ROOTDIR\`. All
shells of a cluster share one history.

If stdin or stdout is not a terminal, the shell reads commands from stdin:

    echo 'gnt-node list' | vcluster-box shell

The exit status is that of the shell.
`;

/** `vcluster-box shell [NODE]`. */
export function shellCommand(context: CliContext): Command {
  return addDetails(addClusterOption(new Command('shell')), details)
    .description('open an interactive shell on a node')
    .argument('[node]', 'name of the node, short or full (default: the master)')
    .action(async (nodeName: string | undefined, _flags: unknown, command: Command) => {
      const target = await findExecTarget(await context.engine(), requestedCluster(command, context), nodeName);
      const { stdin, stdout } = context.terminal;
      const tty = stdin && stdout;
      if (tty)
        context.report({
          type: 'notice',
          message: `The files of ${target.names[0] ?? ''} are in ${target.directory}.`,
        });
      context.setStatus(
        await runOnNode(tty ? hangingUp(context) : context, target, {
          argv: tty ? ['bash', '--rcfile', slicePaths.shellRc] : ['bash'],
          env: shellVariables(context, target, colorAllowed(command, context)),
          cwd: '/root',
          tty,
          interactive: true,
        }),
      );
    });
}

/** An interactive shell ignores SIGTERM, but ends when its terminal hangs up. */
function hangingUp(context: CliContext): CliContext {
  const on: Signals['on'] = (handler) =>
    context.signals.on((signal) => {
      handler(signal === 'SIGTERM' ? 'SIGHUP' : signal);
    });
  return { ...context, signals: { on } };
}

/** Variables for the shell: its cluster, and the capabilities of the terminal. */
function shellVariables({ env }: CliContext, { cluster }: ExecTarget, color: boolean): Record<string, string> {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value) ?? '';
  return {
    HOME: '/root',
    VCLUSTER_BOX_CLUSTER: cluster,
    TERM: env['TERM'] ?? 'dumb',
    ...(/utf-?8/i.test(locale) && { LANG: 'C.UTF-8' }),
    ...(!color && { NO_COLOR: '1' }),
  };
}

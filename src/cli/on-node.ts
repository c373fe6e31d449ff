import { execOnNode } from '../cluster/exec.ts';
import type { ExecTarget } from '../cluster/exec-target.ts';
import type { ExecCommand, ExecStreams } from '../engine/engine.ts';
import type { CliContext } from './context.ts';

export interface OnNode extends Pick<ExecCommand, 'argv' | 'env' | 'cwd'> {
  /** give the command a terminal, which ours must be then */
  readonly tty: boolean;
  /** give it our stdin */
  readonly interactive: boolean;
}

/** Runs a command on a node with the streams, signals and terminal that we have.  Resolves to its exit status. */
export async function runOnNode(context: CliContext, target: ExecTarget, command: OnNode): Promise<number> {
  const { tty, interactive, ...asked } = command;
  const engine = await context.engine();
  const size = tty ? context.terminal.size() : undefined;
  const sized = { ...asked, tty, ...(size !== undefined && { size }) };
  const run = () => execOnNode(engine, target, sized, streamsFor(context, command), context.signals);
  return tty && interactive ? inRawMode(context, run) : run();
}

function streamsFor({ stdin, stdout, stderr, terminal }: CliContext, { interactive, tty }: OnNode): ExecStreams {
  return {
    stdout,
    stderr,
    ...(interactive && { stdin }),
    ...(tty && { onResize: terminal.onResize }),
  };
}

/** Every key goes to the command as it is, Ctrl-C too. */
async function inRawMode<T>({ terminal }: CliContext, run: () => Promise<T>): Promise<T> {
  terminal.setRawMode(true);
  try {
    return await run();
  } finally {
    terminal.setRawMode(false);
  }
}

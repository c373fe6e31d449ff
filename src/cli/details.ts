import type { Command } from 'commander';
import { parseProse } from './prose.ts';
import { renderProse } from './render-prose.ts';

/** What commander hands to those who add to a help text. */
export interface HelpContext {
  readonly error: boolean;
  readonly command: Command;
  readonly write: (text: string) => void;
  /** Wanted is the text as it was written, which `docs/cli.md` is made from. */
  readonly asWritten?: boolean;
}

/**
 * What a user must know of a command besides its options: the end of its `--help`, and of its section of `docs/cli.md`.
 *
 * @param text see `parseProse`
 */
export function addDetails(command: Command, text: string): Command {
  const blocks = parseProse(text);
  return command.on('afterHelp', ({ error, write, asWritten, command: shown }: HelpContext) => {
    const output = shown.configureOutput();
    const width = (error ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.()) ?? 80;
    write(asWritten === true ? `\n${text}\n` : `\n${renderProse(blocks, width)}\n`);
  });
}

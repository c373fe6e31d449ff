import { Help, type Command } from 'commander';

const detailsByCommand = new WeakMap<Command, string>();

/**
 * Adds text to the end of a command's `--help` and of its section in `docs/cli.md`.
 *
 * @param text Markdown, of which a terminal shows paragraphs, lists, indented code, `## Heading`, and links to pages in
 * docs/
 */
export function addDetails(command: Command, text: string): Command {
  detailsByCommand.set(command, text.trim());
  return command.addHelpText('after', ({ command: shown }) => {
    const width = shown.configureOutput().getOutHelpWidth?.() ?? 80;
    return `\n${renderDetails(text, width)}`;
  });
}

/** @returns the Markdown that `addDetails` was given; empty if there is none */
export function detailsOf(command: Command): string {
  return detailsByCommand.get(command) ?? '';
}

/** Markdown as a terminal shows it: every block but code is wrapped. */
export function renderDetails(text: string, width: number): string {
  const blocks = text.trim().split(/\n{2,}/);
  return blocks.map((block) => (block.startsWith('    ') ? block : renderBlock(block, width))).join('\n\n');
}

function renderBlock(block: string, width: number): string {
  const heading = /^## (.*)$/.exec(block);
  if (heading !== null) return `${heading[1] ?? ''}:`;
  const plain = block.replace(/\[[^\]]*\]\(([^):]+)\)/g, 'docs/$1');
  return plain
    .split(/\n(?=- )/)
    .map((part) => wrapText(part.replace(/\s*\n\s*/g, ' '), width, part.startsWith('- ') ? '  ' : ''))
    .join('\n');
}

/** Wraps text at spaces; all lines but the first begin with `indent`. */
export function wrapText(text: string, width: number, indent: string): string {
  const lines = width === Infinity ? text : helper.boxWrap(text, width - indent.length);
  return lines.replaceAll('\n', `\n${indent}`);
}

/** Help is never wider than this: longer lines are hard to read. */
export const maxHelpWidth = 100;

/** Narrower than this, a description stands below its term. */
const minDescriptionWidth = 30;

/** The format of commander's lists. Commander itself overflows a narrow terminal. */
export const helpFormat: Partial<Help> = {
  formatItem(term, termWidth, description, { helpWidth = 80 }) {
    const beside = helpWidth - termWidth - 4 >= minDescriptionWidth;
    const indent = ' '.repeat(beside ? termWidth + 4 : 6);
    const lines = helper.boxWrap(description, helpWidth - indent.length).replaceAll('\n', `\n${indent}`);
    if (description === '') return `  ${term}`;
    return beside ? `  ${term.padEnd(termWidth)}  ${lines}` : `  ${term}\n${indent}${lines}`;
  },
  // Below this width, which is 40 by default, commander does not wrap at all.
  minWidthToWrap: 20,
};

const helper = Object.assign(new Help(), helpFormat);

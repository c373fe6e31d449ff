import type { Command } from 'commander';
import { everyCommand } from '../../src/cli/common-options.ts';
import { detailsOf } from '../../src/cli/help.ts';
import { visibleCommands } from '../../test/support/program.ts';
import { bold, escapeRoff, plainLine, renderBlocks, renderText } from './roff.ts';

export interface ManPage {
  /** `vcluster-box-node-add.1` */
  readonly file: string;
  /** its roff source */
  readonly text: string;
}

export interface Edition {
  readonly version: string;
  /** `2026-11-28` */
  readonly date: string;
}

/** The manual pages of a command and of its subcommands, with the words of their `--help`. */
export function manPages(command: Command, edition: Edition): readonly ManPage[] {
  const own = { file: `${pageName(command)}.1`, text: `${page(command, edition).join('\n')}\n` };
  return [own, ...visibleCommands(command).flatMap((child) => manPages(child, edition))];
}

function page(command: Command, { version, date }: Edition): readonly string[] {
  const name = pageName(command);
  const summary = command.description().replace(/\.$/, '').replace(/^Runs/, 'run');
  const [before, ...sections] = detailsOf(command).split(/^(?=## )/m);
  const description = before?.trim() ? renderBlocks(before) : renderText(sentence(command.description()));
  return [
    '.\\" Generated from the help of the commands.',
    `.TH ${escapeRoff(name.toUpperCase())} 1 ${date} "vcluster\\-box ${version}" "vcluster\\-box manual"`,
    // Neither justified nor hyphenated: that would tear paths and commands apart.
    '.ad l',
    '.nh',
    '.SH NAME',
    `${escapeRoff(name)} \\- ${escapeRoff(summary)}`,
    '.SH SYNOPSIS',
    `${bold(commandLine(command))} ${escapeRoff(command.usage())}`,
    '.SH DESCRIPTION',
    // A section begins with a paragraph of its own.
    ...description.slice(description[0] === '.PP' ? 1 : 0),
    ...items('ARGUMENTS', argumentsOf(command)),
    ...items('OPTIONS', optionsOf(command)),
    ...commonOptions(command),
    ...items('COMMANDS', commandsOf(command)),
    ...sections.flatMap((section) => withoutFirstParagraph(renderBlocks(section))),
    ...seeAlso(command),
  ];
}

type Item = readonly [term: string, text: string];

function items(title: string, all: readonly Item[]): readonly string[] {
  if (all.length === 0) return [];
  return [`.SH ${title}`, ...all.flatMap(([term, text]) => ['.TP', plainLine(term), ...renderText(text)])];
}

function argumentsOf(command: Command): readonly Item[] {
  const help = command.createHelp();
  return help
    .visibleArguments(command)
    .map((argument) => [bold(help.argumentTerm(argument)), help.argumentDescription(argument)]);
}

/** The options that every command has are on the page of the program. */
function optionsOf(command: Command): readonly Item[] {
  const help = command.createHelp();
  const own = help
    .visibleOptions(command)
    .filter(
      ({ helpGroupHeading, long }) => isProgram(command) || (helpGroupHeading !== everyCommand && long !== '--help'),
    );
  return own.map((option) => [bold(help.optionTerm(option)), help.optionDescription(option)]);
}

function commonOptions(command: Command): readonly string[] {
  if (isProgram(command)) return [];
  return ['.SH "COMMON OPTIONS"', ...renderText('`vcluster-box`(1) describes the options that every command has.')];
}

function commandsOf(command: Command): readonly Item[] {
  return visibleCommands(command).map((child) => [`${bold(pageName(child))}(1)`, child.description()]);
}

function seeAlso(command: Command): readonly string[] {
  const siblings = command.parent === null ? [] : [command.parent, ...visibleCommands(command.parent)];
  // The program's page lists all commands already.
  const near = isProgram(command.parent ?? command) ? siblings.slice(0, 1) : siblings;
  const pages = near.filter((other) => other !== command).map((other) => `${bold(pageName(other))}(1)`);
  const lines = [...pages, ...renderText('`/usr/share/doc/vcluster-box/README.md`')];
  return ['.SH "SEE ALSO"', ...lines.map((line, index) => (index < lines.length - 1 ? `${line},` : line))];
}

/** `vcluster-box-node-add` */
function pageName(command: Command): string {
  return commandLine(command).replaceAll(' ', '-');
}

function commandLine(command: Command): string {
  return command.parent === null ? command.name() : `${commandLine(command.parent)} ${command.name()}`;
}

function isProgram(command: Command): boolean {
  return command.parent === null;
}

function withoutFirstParagraph(lines: readonly string[]): readonly string[] {
  return lines.filter((line, index) => !(line === '.PP' && lines[index - 1]?.startsWith('.SH')));
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

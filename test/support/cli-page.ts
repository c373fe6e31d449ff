import type { Argument, Command, Option } from 'commander';
import { everyCommand } from '../../src/cli/common-options.ts';
import { detailsOf } from '../../src/cli/help.ts';
import { pathOf, visibleCommands } from './program.ts';

const notice =
  '<!-- Generated from the help of the commands by `npm run docs:cli`.  Edit the help in src/cli instead. -->';

/** `docs/cli.md`: the help of the program and of each of its commands, as Markdown. */
export function cliPage(program: Command): string {
  const options = [...program.options];
  return [
    '# The command line',
    notice,
    code(`vcluster-box ${program.usage()}`),
    table(['command', ''], visibleCommands(program).map(commandRow)),
    '## Common options',
    table(
      ['option', ''],
      options.filter(({ hidden }) => !hidden).map((option) => [term(option), meaning(option)]),
    ),
    detailsOf(program),
    ...visibleCommands(program).flatMap((command) => section(command, 2)),
  ].join('\n\n');
}

function section(command: Command, level: number): readonly string[] {
  return [
    `${'#'.repeat(level)} ${pathOf(command)}`,
    code(`vcluster-box ${pathOf(command)} ${command.usage()}`),
    sentence(command.description()),
    itemTable(command),
    detailsOf(command),
    ...visibleCommands(command).flatMap((child) => section(child, level + 1)),
  ].filter(Boolean);
}

/** Arguments and options, except those that every command has. */
function itemTable(command: Command): string {
  const rows = [
    ...command.registeredArguments.map((argument) => [argumentTerm(argument), ...split(argument.description)]),
    ...command.options
      .filter(({ hidden, helpGroupHeading }) => !hidden && helpGroupHeading !== everyCommand)
      .map((option) => [term(option), ...split(meaning(option))]),
  ];
  const hasDefaults = rows.some(([, , byDefault]) => byDefault !== '');
  if (rows.length === 0) return '';
  return hasDefaults
    ? table(
        ['option', 'default', ''],
        rows.map(([name = '', text = '', byDefault = '']) => [name, byDefault, text]),
      )
    : table(
        ['option', ''],
        rows.map(([name = '', text = '']) => [name, text]),
      );
}

/** `(default: X)` in a description gets its own column. */
function split(text: string): readonly [text: string, byDefault: string] {
  const [, before, byDefault] = /^(.*) \(default: (.*)\)$/.exec(text) ?? [];
  return before === undefined ? [text, ''] : [before, byDefault ?? ''];
}

function meaning({ description, argChoices, defaultValue }: Option): string {
  const [text, said] = split(description);
  const choices = argChoices === undefined ? '' : `: ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`;
  const byDefault = said === '' && typeof defaultValue === 'string' ? defaultValue : said;
  return `${text}${choices}${byDefault === '' ? '' : ` (default: ${byDefault})`}`;
}

function term({ flags }: Option): string {
  return `\`${flags}\``;
}

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return `\`${argument.required ? `<${name}>` : `[${name}]`}\``;
}

function commandRow(command: Command): readonly string[] {
  const children = visibleCommands(command).map((child) => child.name());
  const path = `${pathOf(command)}${children.length > 0 ? ` ${children.join('|')}` : ''}`;
  return [`[\`${path}\`](#${pathOf(command).replaceAll(' ', '-')})`, command.description()];
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, heading.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

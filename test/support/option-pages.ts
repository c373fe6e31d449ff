import { clusterFile } from '../../src/config/cluster-spec.ts';
import { describe, type Fields, type Kind, type Option } from '../../src/config/values.ts';

/** `src/library/cluster-options.ts`: the types of all options, with their descriptions from `config/`. */
export function libraryTypes(): string {
  return [
    '// Generated from src/config/cluster-options.ts by `npm run docs:options`.',
    ...allFields().map((fields) => `${doc}\nexport interface ${fields.name} {\n${properties(fields).join('\n')}\n}`),
  ].join('\n\n');
}

export const optionTypes = allFields().map(({ name }) => name);

const doc = '/** Optional properties that are left out or `undefined` have their defaults. */';

/** Replaces each table between `<!-- options of TYPE -->` and `<!-- end -->`. */
export function withOptionTables(page: string): string {
  return page.replaceAll(/(<!-- options of (\w+) -->\n).*?(<!-- end -->)/gs, (_, start: string, name: string, end) => {
    const fields = allFields().find((each) => each.name === name);
    if (fields === undefined) throw new Error(`there are no ${name}`);
    return `${start}\n${table(fields)}\n\n${String(end)}`;
  });
}

function allFields(): readonly Fields[] {
  const below = Object.values(clusterFile.options).flatMap(({ value }) => fieldsIn(value));
  return [clusterFile, ...below];
}

function fieldsIn(kind: Kind): readonly Fields[] {
  if (kind.type === 'either') return fieldsIn(kind.long);
  if (kind.type === 'list') return fieldsIn(kind.item);
  return kind.type === 'fields' ? [kind] : [];
}

function properties({ options }: Fields): readonly string[] {
  return Object.entries(options).flatMap(([name, option]) => [
    comment([describe(option), defaultText(option)].join('')),
    option.required
      ? `  readonly ${name}: ${typeOf(option.value)};`
      : `  readonly ${name}?: ${typeOf(option.value)} | undefined;`,
  ]);
}

function defaultText({ default: value }: Option): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '';
  return ` Default: ${typeof value === 'string' ? value : JSON.stringify(value)}.`;
}

function comment(text: string): string {
  const oneLine = `  /** ${text} */`;
  if (oneLine.length <= 120) return oneLine;
  const lines = text.match(/.{1,114}(?:\s+|$)/g) ?? [];
  return ['  /**', ...lines.map((line) => `   * ${line.trimEnd()}`), '   */'].join('\n');
}

function typeOf(kind: Kind): string {
  switch (kind.type) {
    case 'scalar':
      return [...new Set(kind.forms.flatMap(typesOfForm))].sort().join(' | ');
    case 'list': {
      const item = typeOf(kind.item);
      return `readonly ${item.includes('|') ? `(${item})` : item}[]`;
    }
    case 'fields':
      return kind.name;
    case 'either':
      return `${typeOf(kind.short)} | ${typeOf(kind.long)}`;
  }
}

function typesOfForm(form: Extract<Kind, { type: 'scalar' }>['forms'][number]): readonly string[] {
  if ('enum' in form) return form.enum.flatMap((word) => (typeof word === 'string' ? [`'${word}'`] : []));
  return [form.type === 'integer' ? 'number' : form.type];
}

function table({ options }: Fields): string {
  const all = Object.entries(options);
  const hasFlags = all.some(([, { flag }]) => flag !== undefined);
  const heading = ['option', ...(hasFlags ? ['flag'] : []), 'default', ''];
  const rows = all.map(([name, option]) => {
    const flag = option.flag === undefined ? '' : `\`${option.flag}\``;
    return [
      `\`${name}\`${option.lasting === false ? ' \\*' : ''}`,
      ...(hasFlags ? [flag] : []),
      byDefault(option),
      describe(withoutDefault(option)),
    ];
  });
  return [heading, heading.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function withoutDefault({ help, note, value }: Option): Option {
  return { help, value, ...(note !== undefined && { note }) };
}

function byDefault({ default: value, unset, required }: Option): string {
  if (required) return 'required';
  if (unset !== undefined) return unset;
  return value === undefined || (Array.isArray(value) && value.length === 0)
    ? 'none'
    : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

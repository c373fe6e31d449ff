import { stringify } from 'yaml';
import { clusterSchema } from './json-schema.ts';

interface Option {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

const head = `# yaml-language-server: $schema=./cluster.schema.json
# With the line above, editors complete and check this file if its schema is in the same folder:
#   vcluster-box config schema > cluster.schema.json
#
# To create the cluster: vcluster-box up -f FILE
# The file lists all options with their defaults. Lines that start with "#" are examples. Flags take precedence.
`;

const yamlStyle = { singleQuote: true, lineWidth: 0 } as const;

/** A configuration file with a comment for every option, and its default or examples. */
export function exampleFile(): string {
  const options = Object.entries(clusterSchema()['properties'] as Readonly<Record<string, Option>>);
  return [head, ...options.map(([name, option]) => example(name, option))].join('\n');
}

function example(name: string, { description = '', default: usual, examples = [] }: Option): string {
  const active = usual === undefined ? '' : stringify({ [name]: usual }, yamlStyle);
  const inactive = examples.map((one) => comment(stringify({ [name]: one }, yamlStyle)));
  return [...wrap(description).map((line) => `# ${line}\n`), active, ...inactive].join('');
}

function comment(yaml: string): string {
  return yaml.replaceAll(/^(?=.)/gm, '# ');
}

/** Lines of at most 110 characters. */
function wrap(text: string): readonly string[] {
  return text.match(/.{1,110}(?:\s+|$)/g)?.map((line) => line.trimEnd()) ?? [];
}

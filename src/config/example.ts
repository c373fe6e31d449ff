import { stringify } from 'yaml';
import { clusterSchema } from './json-schema.ts';

interface Option {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

const head = `# yaml-language-server: $schema=./cluster.schema.json
# With the line above, editors that know YAML complete and check this file, once its schema lies beside it:
#   vcluster-box config schema > cluster.schema.json
#
# A cluster, made by: vcluster-box up -f FILE
# These are all options, with their defaults. Where the default depends on others there is an example, behind a "#".
# Flags of the command line win over what is said here.
`;

const yamlStyle = { singleQuote: true, lineWidth: 0 } as const;

/** A configuration file with every option and its default, each with a comment. */
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

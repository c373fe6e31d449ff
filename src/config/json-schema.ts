import { clusterFile } from './cluster-spec.ts';
import { describe, type Fields, type Kind, type Option } from './values.ts';

/** A JSON schema of the configuration file, for editors.  The YAML language server knows draft 7 best. */
export function clusterSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of a vcluster-box cluster',
    ...ofKind(clusterFile),
  };
}

function ofKind(kind: Kind): object {
  switch (kind.type) {
    case 'scalar':
      return kind.forms.length === 1 ? { ...kind.forms[0] } : { anyOf: kind.forms };
    case 'list':
      return {
        type: 'array',
        items: ofKind(kind.item),
        ...(kind.min > 0 && { minItems: kind.min }),
        ...(kind.max !== undefined && { maxItems: kind.max }),
      };
    case 'fields':
      return ofFields(kind);
    case 'either':
      return { anyOf: [ofKind(kind.short), ofKind(kind.long)] };
  }
}

function ofFields({ options }: Fields): object {
  const all = Object.entries(options);
  const required = all.filter(([, option]) => option.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(all.map(([name, option]) => [name, ofOption(option)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function ofOption(option: Option): object {
  return {
    description: describe(option),
    ...('default' in option && { default: option.default }),
    ...(option.examples && { examples: option.examples }),
    ...ofKind(option.value),
  };
}

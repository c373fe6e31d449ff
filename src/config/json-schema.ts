import { z } from 'zod';
import { clusterFile } from './cluster-spec.ts';

/** For editors: a JSON schema of the configuration file.  Draft 7 is what the YAML language server knows best. */
export function clusterSchema(): Readonly<Record<string, unknown>> {
  const { $schema, title, ...rest } = z.toJSONSchema(clusterFile, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      // zod leaves defaults and examples out where a value becomes another one; ours are all as they are given.
      Object.assign(jsonSchema, z.globalRegistry.get(zodSchema));
      // Editors would take it for "not to be edited".
      delete jsonSchema.readOnly;
    },
  });
  return { $schema, title, ...rest };
}

import { z } from 'zod';
import { UsageError } from '../errors.ts';
import { isNumber } from './forms.ts';
import { nodeCpus, nodeDisk, nodeMemory, type NodeSizes, type SomeSizes } from './node-resources.ts';

const sizes = z.object({ memory: nodeMemory.optional(), cpus: nodeCpus.optional(), disk: nodeDisk.optional() });

/**
 * Of nodes that are to be added.  A number may be text, as flags are.
 *
 * @param called what a size is called in messages
 * @throws {UsageError} listing every problem
 */
export function parseNodeSizes(
  { memory, cpus, disk }: { readonly [Size in keyof NodeSizes]?: unknown },
  called: (size: string) => string,
): SomeSizes {
  const count = typeof cpus === 'string' && isNumber(cpus) ? Number(cpus) : cpus;
  const parsed = sizes.safeParse({ memory, cpus: count, disk });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${called(String(path[0]))}: ${message}`);
  throw new UsageError(problems.join('\n'));
}

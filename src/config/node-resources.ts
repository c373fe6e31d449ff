import { pattern, whole } from './forms.ts';
import * as patterns from './patterns.ts';
import { formatSize, parseSize, parseWhole, within } from './quantities.ts';
import { oneOf } from './values.ts';

/** Of a node, as simulated. */
export interface NodeSizes {
  /** bytes, whole MiB */
  readonly memory: number;
  readonly cpus: number;
  /** bytes, whole MiB */
  readonly disk: number;
}

/** Each where it is said. */
export type SomeSizes = { readonly [Size in keyof NodeSizes]?: NodeSizes[Size] | undefined };

/** Where nothing is said: the same on every machine. */
export const usualNode: NodeSizes = { memory: 64 * 2 ** 30, cpus: 16, disk: 2 ** 40 };

const mebi = 2 ** 20;

function size(min: number, max: number, example: string) {
  return oneOf(
    `a size from ${formatSize(min)} to ${formatSize(max)}, such as ${example}`,
    [pattern(patterns.size), whole(min, max)],
    (text) => wholeMebi(within(parseSize, min, max)(text)),
  );
}

/** Ganeti reckons in MiB. */
function wholeMebi(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.floor(bytes / mebi) * mebi;
}

export const nodeMemory = size(256 * mebi, 64 * 2 ** 40, '64g');
export const nodeCpus = oneOf('a whole number from 1 to 1024', [whole(1, 1024)], within(parseWhole, 1, 1024));
export const nodeDisk = size(2 ** 30, 2 ** 50, '1t');

import { usualNode, type NodeSizes, type SomeSizes } from '../config/node-options.ts';
import type { NodeResources } from './plan.ts';

const mebi = 2 ** 20;

/**
 * What a node of these sizes has.  Its own system takes a 64th of the memory and one CPU: on a real node, too, there is less for
 * instances than there is, and programs that mistake one for the other are to be found out.
 */
export function planResources({ memory, cpus, disk }: SomeSizes, usual: NodeSizes = usualNode): NodeResources {
  const memoryMiB = (memory ?? usual.memory) / mebi;
  return {
    memoryMiB,
    ownMemoryMiB: Math.floor(memoryMiB / 64),
    cpus: cpus ?? usual.cpus,
    ownCpus: 1,
    diskMiB: (disk ?? usual.disk) / mebi,
  };
}

export function sizesOf({ memoryMiB, cpus, diskMiB }: NodeResources): NodeSizes {
  return { memory: memoryMiB * mebi, cpus, disk: diskMiB * mebi };
}

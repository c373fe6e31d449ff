import type { Life } from './cluster.ts';
import type { Samples } from './samples.ts';
import type { Row } from './table.ts';

/** The measurements of one run of the benchmark.  Times are in seconds. */
export interface Results {
  /** clusters of 3 nodes and of 20, in the same order */
  readonly small: readonly Life[];
  readonly large: readonly Life[];
  /** upstream's way, three nodes */
  readonly upstream: readonly number[];
  /** an empty container of the same image */
  readonly dockerRun: readonly number[];
}

export function resultRows({ small, large, upstream, dockerRun }: Results): readonly Row[] {
  const byHand = { what: "upstream's way", samples: all(upstream) };
  const oneContainer = { what: '`docker run`', samples: all(dockerRun) };
  const ofBoth = [...small, ...large];
  return [
    { what: '`up -n 3`', samples: each(small, 'up'), unit: 's', baseline: byHand },
    { what: "upstream's way, 3 nodes", samples: byHand.samples, unit: 's' },
    { what: '`up -n 20`', samples: each(large, 'up'), unit: 's', baseline: byHand },
    { what: '`exec node1 true`', samples: all(ofBoth.flatMap(({ exec }) => exec)), unit: 's', baseline: oneContainer },
    { what: '`docker exec ... true`', samples: all(ofBoth.flatMap(({ dockerExec }) => dockerExec)), unit: 's' },
    { what: '`docker run --rm ... true`', samples: oneContainer.samples, unit: 's' },
    { what: '`docker restart` until it answers, 3 nodes', samples: each(small, 'restart'), unit: 's' },
    { what: '`docker restart` until it answers, 20 nodes', samples: each(large, 'restart'), unit: 's' },
    { what: '`down`, 3 nodes', samples: each(small, 'down'), unit: 's' },
    { what: '`down`, 20 nodes', samples: each(large, 'down'), unit: 's' },
    { what: 'memory, 3 nodes', samples: each(small, 'memory'), unit: 'MiB' },
    { what: 'memory, 20 nodes', samples: each(large, 'memory'), unit: 'MiB' },
    { what: 'memory a node (20 less 3, by 17)', samples: memoryANode(small, large), unit: 'MiB' },
  ];
}

function each(lives: readonly Life[], what: 'up' | 'restart' | 'down' | 'memory'): Samples {
  return all(lives.map((life) => life[what]));
}

function memoryANode(small: readonly Life[], large: readonly Life[]): Samples {
  return all(large.map(({ memory }, run) => (memory - (small[run]?.memory ?? NaN)) / 17));
}

function all([first, ...others]: readonly number[]): Samples {
  return [first ?? NaN, ...others];
}

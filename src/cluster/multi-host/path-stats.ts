import type { Engine } from '../../engine/engine.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import { parseShape, type Shape } from '../../shape.ts';

/** What was measured of the network between hosts when the slices were started. */
export interface UpOverlay {
  /** bytes: the largest packet that passes between any two */
  readonly mtu: number;
  /** of all pairs the one that takes longest, to and fro */
  readonly slowest?: { readonly from: string; readonly to: string; readonly rttMs: number };
}

/** What a slice has measured of its paths to the others; `vcluster_slice` writes it. */
interface PathStats {
  /** bytes */
  readonly mtu: number;
  readonly peers: readonly { readonly slice: number; readonly rttMs: number }[];
}

const statsShape = { mtu: 'number', peers: [{ slice: 'number', rttMs: 'number' }] } satisfies Shape;

/** The paths from one host. */
export interface HostPathStats {
  readonly number: number;
  readonly endpoint: string;
  readonly paths: PathStats | undefined;
}

/** `undefined` when there are none, which is no reason to fail. */
export async function readPathStats(engine: Engine, container: string): Promise<PathStats | undefined> {
  const file = await engine.readFile(container, slicePaths.overlay).catch(() => undefined);
  const stats = parseShape(file?.toString() ?? '', statsShape);
  return 'problem' in stats ? undefined : (stats.value as PathStats);
}

/** The paths between all hosts; `undefined` when no slice has measured any. */
export function summarizePaths(hosts: readonly HostPathStats[]): UpOverlay | undefined {
  const known = hosts.flatMap(({ endpoint, paths }) => (paths === undefined ? [] : [{ endpoint, ...paths }]));
  if (known.length === 0) return undefined;
  const endpointOf = (number: number) => hosts.find((host) => host.number === number)?.endpoint ?? `slice ${number}`;
  const pairs = known.flatMap(({ endpoint, peers }) =>
    peers.map(({ slice, rttMs }) => ({ from: endpoint, to: endpointOf(slice), rttMs })),
  );
  const [slowest] = pairs.toSorted((a, b) => b.rttMs - a.rttMs);
  return { mtu: Math.min(...known.map(({ mtu }) => mtu)), ...(slowest !== undefined && { slowest }) };
}

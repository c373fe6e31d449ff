import type { Engine } from '../../engine/engine.ts';
import { slicePaths } from '../../plan/slice-paths.ts';
import type { UpSegment } from '../up/result.ts';

/** What a slice has found of its ways to the others (`vcluster_slice/network/path_stats.py`). */
interface Ways {
  /** bytes */
  readonly mtu: number;
  readonly peers: readonly { readonly slice: number; readonly rttMs: number }[];
}

/** What one slice says; of which host it is comes with it. */
export interface HostWays {
  readonly number: number;
  readonly endpoint: string;
  readonly ways: Ways | undefined;
}

/** `undefined` where it is not to be had: that is no reason to fail. */
export async function readWays(engine: Engine, container: string): Promise<Ways | undefined> {
  try {
    const text = (await engine.readFile(container, slicePaths.segment))?.toString() ?? '';
    const value = JSON.parse(text) as Ways | null;
    return typeof value?.mtu === 'number' && Array.isArray(value.peers) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The same of all of them together; `undefined` when none says anything. */
export function summarizeWays(hosts: readonly HostWays[]): UpSegment | undefined {
  const known = hosts.flatMap(({ endpoint, ways }) => (ways === undefined ? [] : [{ endpoint, ...ways }]));
  if (known.length === 0) return undefined;
  const endpointOf = (number: number) => hosts.find((host) => host.number === number)?.endpoint ?? `slice ${number}`;
  const pairs = known.flatMap(({ endpoint, peers }) =>
    peers.map(({ slice, rttMs }) => ({ from: endpoint, to: endpointOf(slice), rttMs })),
  );
  const [slowest] = pairs.toSorted((a, b) => b.rttMs - a.rttMs);
  return { mtu: Math.min(...known.map(({ mtu }) => mtu)), ...(slowest !== undefined && { slowest }) };
}

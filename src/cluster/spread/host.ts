import type { HostOptions } from '../../config/host-options.ts';
import type { Engine, EngineInfo } from '../../engine/engine.ts';

/** A host that a slice is to be on, and that answers. */
export interface Host {
  /** of its slice, from 1 */
  readonly number: number;
  readonly endpoint: string;
  readonly options: HostOptions;
  readonly engine: Engine;
  readonly info: EngineInfo;
  /** how many ms its clock is ahead of ours, and by how many that may be wrong */
  readonly clock: { readonly aheadMs: number; readonly marginMs: number };
}

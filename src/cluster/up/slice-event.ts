/** One line of a slice's log.  `images/slice/rootfs/usr/lib/vcluster-box/vcluster_slice/events.py` writes them. */
export interface SliceEvent {
  readonly type: string;
  readonly step?: string;
  readonly title?: string;
  readonly text?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly node?: string;
  readonly hint?: string;
  readonly log?: readonly string[];
  readonly logfile?: string;
}

/** @returns `undefined` for a line that is none: what some program in the slice printed */
export function parseSliceEvent(line: string): SliceEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as SliceEvent;
    return typeof value.type === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

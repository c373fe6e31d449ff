import type { Slice } from './slice.ts';

/** Ends a slice as a power failure would: its program gets no chance to do anything, and neither do the daemons. */
export async function killSlice({ engine, container, run }: Slice): Promise<void> {
  // When its only child is gone, tini ends, and with process 1 all others.
  await run([
    'sh',
    '-c',
    'for p in /proc/[0-9]*; do if grep -q "^PPid:.1$" $p/status && grep -q "vcluster_slice" $p/cmdline; then kill -KILL ${p##*/}; fi; done',
  ]);
  for await (const _ of engine.followLogs(container, { follow: true, tail: 0 }));
}

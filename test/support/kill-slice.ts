import { untilEnded } from './slice-events.ts';
import type { Slice } from './slice.ts';

/** Ends a slice as a power failure would: neither its program nor the daemons get a chance to do anything. */
export async function killSlice({ engine, container, run }: Slice): Promise<void> {
  await run(['sh', '-c', killProgram]);
  await untilEnded(engine, container);
}

/** When the child that it started is gone, tini ends, and with process 1 all others. */
const killProgram = `
for process in /proc/[0-9]*; do
  if grep -q '^PPid:.1$' "$process/status" && grep -q vcluster_slice "$process/cmdline"; then
    kill -KILL "\${process##*/}"
  fi
done`;

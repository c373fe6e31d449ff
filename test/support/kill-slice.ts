import { untilEnded } from './slice-events.ts';
import type { Slice } from './slice.ts';

/** Kills a slice as a power failure would: neither its program nor the daemons can react. */
export async function killSlice({ engine, container, run }: Slice): Promise<void> {
  await run(['sh', '-c', killProgram]);
  await untilEnded(engine, container);
}

/** When its child exits, tini exits, and the kernel kills all other processes. */
const killProgram = `
for process in /proc/[0-9]*; do
  if grep -q '^PPid:.1$' "$process/status" && grep -q vcluster_slice "$process/cmdline"; then
    kill -KILL "\${process##*/}"
  fi
done`;

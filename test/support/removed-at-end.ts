import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';

/** A folder that is removed when this process ends, even if it is killed. */
export interface RemovedAtEnd {
  readonly folder: string;
  /** Removes the folder now, and the control groups with its name. */
  readonly remove: () => Promise<void>;
}

/**
 * A new folder for an engine or for files that engines share. Not in /tmp, which can be a memory file system: images
 * are large. A process in a separate session, which Ctrl-C does not reach, waits for the end of this one and removes
 * it.
 */
export async function removedAtEnd(what: string): Promise<RemovedAtEnd> {
  const folder = await mkdtemp(`/var/tmp/vcluster-box-${what}-`);
  const remover = spawn('bash', ['-c', script, 'bash', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  remover.unref();
  return {
    folder,
    remove: async () => {
      if (remover.exitCode !== null) return;
      // A pending wait keeps this process alive; otherwise it could end here, before other cleanups.
      remover.ref();
      const ended = once(remover, 'exit');
      remover.stdin.end();
      await ended;
    },
  };
}

/**
 * Processes that used the folder can take a few seconds to end: a control group can be removed when the kernel has
 * noticed the end of its last process. Version 1 has a hierarchy for each controller, version 2 has one.
 */
const script = `
read -r _
name=\${1##*/}
for ((tries = 0; tries < 100; tries++)); do
  find /sys/fs/cgroup -depth -type d \\( -name "$name" -o -path "*/$name/*" \\) -exec rmdir {} + 2>/dev/null
  rm -rf -- "$1" 2>/dev/null
  [[ -e $1 || -n $(find /sys/fs/cgroup -maxdepth 2 -type d -name "$name" 2>/dev/null) ]] || exit 0
  sleep 0.1
done
echo "not removed: $1" >&2`;

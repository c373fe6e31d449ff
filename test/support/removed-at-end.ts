import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';

/** A folder that does not outlive this process, not even when that is killed. */
export interface RemovedAtEnd {
  readonly folder: string;
  /** Removes it now, and the control groups that have its name. */
  readonly remove: () => Promise<void>;
}

/**
 * A new folder for an engine or what engines share.  Not in /tmp, which may be memory: images are large.
 *
 * A process in a session of its own, which Ctrl-C does not reach, waits for the end of this one and removes it.
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
      // What is waited for keeps this process alive; else it might end here, and whatever else it had to tidy would stay.
      remover.ref();
      const ended = once(remover, 'exit');
      remover.stdin.end();
      await ended;
    },
  };
}

/**
 * What used the folder may still be ending, for some seconds at the most: a control group can be removed when the kernel
 * has seen that its last process is gone.  Version 1 has a hierarchy for each controller, version 2 one.
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

import { docker } from './cli.ts';

/**
 * The memory of all processes of a container in MiB, each page that several share divided among them (PSS).
 *
 * The container itself may not read that of other users' processes: the command that asks is given more rights than it.
 */
export async function memoryOf(container: string): Promise<number> {
  const script = 'cat /proc/[0-9]*/smaps_rollup 2>/dev/null; true';
  const rollups = await docker('exec', '--privileged', container, 'sh', '-c', script);
  const kibibytes = [...rollups.matchAll(/^Pss:\s+(\d+) kB$/gm)].map(([, size]) => Number(size));
  return kibibytes.reduce((total, size) => total + size, 0) / 1024;
}

import type { Cli } from './cli.ts';

/**
 * The memory of all processes of a container, in MiB.  Shared pages count once (PSS).
 *
 * The container itself is not allowed to read other users' processes, so a second one in the same PID namespace does.
 *
 * @param image the image of the container
 */
export async function memoryOf({ docker }: Cli, container: string, image: string): Promise<number> {
  const beside = ['--label=vcluster-box.test=bench', `--pid=container:${container}`, '--cap-add=SYS_PTRACE'];
  const script = 'cat /proc/[0-9]*/smaps_rollup 2>/dev/null; true';
  const rollups = await docker('run', '--rm', ...beside, '--entrypoint=sh', image, '-c', script);
  const kibibytes = [...rollups.matchAll(/^Pss:\s+(\d+) kB$/gm)].map(([, size]) => Number(size));
  return kibibytes.reduce((total, size) => total + size, 0) / 1024;
}

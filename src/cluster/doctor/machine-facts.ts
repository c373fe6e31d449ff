/** Limits of the engine's machine, which the engine does not tell.  What could not be found out is left out. */
export interface MachineFacts {
  readonly inotifyInstances?: number;
  readonly nofileHard?: number;
  readonly memoryAvailableMiB?: number;
  readonly diskFreeMiB?: number;
}

/** The files of this machine, as far as they can be read. */
export interface LocalFiles {
  readonly readText: (path: string) => Promise<string>;
  /** free MiB of the file system that a path is on */
  readonly freeMiB: (path: string) => Promise<number>;
}

/** By this machine's own files: true of the engine's machine only when the engine is on it. */
export async function localFacts(files: LocalFiles, rootDirectory: string): Promise<MachineFacts> {
  const attempts = [
    files.readText('/proc/sys/fs/inotify/max_user_instances').then((text) => ({ inotifyInstances: Number(text) })),
    files.readText('/proc/meminfo').then(memoryAvailable),
    files.freeMiB(rootDirectory).then((diskFreeMiB) => ({ diskFreeMiB })),
  ];
  // Where a file cannot be read, its fact is not known: that is what the result says.
  const known = await Promise.all(attempts.map((attempt) => attempt.catch((): MachineFacts => ({}))));
  return Object.assign({}, ...known) as MachineFacts;
}

function memoryAvailable(meminfo: string): MachineFacts {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kibibytes === undefined ? {} : { memoryAvailableMiB: Math.floor(Number(kibibytes) / 1024) };
}

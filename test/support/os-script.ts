import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env as surroundings } from 'node:process';
import { execa } from 'execa';

const folder = 'images/slice/rootfs/usr/lib/vcluster-box/os';

export interface Disk extends AsyncDisposable {
  readonly path: string;
}

/** An empty disk of an instance, as Ganeti creates it in a file. */
export async function emptyDisk(mebibytes: number): Promise<Disk> {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-disk-'));
  const path = join(directory, 'disk');
  await using file = await open(path, 'w');
  await file.truncate(mebibytes * 2 ** 20);
  return { path, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

/** Runs a script of an OS definition as Ganeti does, with a clean environment. */
export async function osScript(
  argv: readonly [os: 'dummy' | 'tinyfs', script: string, ...args: string[]],
  env: Readonly<Record<string, string>> = {},
  input: Uint8Array = Buffer.alloc(0),
) {
  const [os, ...args] = argv;
  const usual = {
    PATH: `${surroundings['PATH'] ?? ''}:/usr/sbin:/sbin`,
    OS_NAME: os,
    INSTANCE_OS: os,
    INSTANCE_NAME: 'instance1.example.com',
    DISK_COUNT: '1',
    DISK_0_SIZE: '4',
    NIC_COUNT: '0',
  };
  const options = { env: { ...usual, ...env }, extendEnv: false, reject: false, input, encoding: 'buffer' } as const;
  const { exitCode, stdout, stderr } = await execa('bash', [`${folder}/${os}.bash`, ...args], options);
  return { status: exitCode, dump: Buffer.from(stdout), stderr: Buffer.from(stderr).toString().trimEnd() };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type OnLine } from '../engine/engine.ts';
import { lineStream } from '../lines.ts';
import { type PackageSource } from './package-sources.ts';

export type BootstrapTool = 'mmdebstrap' | 'debootstrap';

export interface BootstrapOptions {
  /** environment variables for the tools, added to those of this process */
  readonly env: Readonly<Record<string, string>>;
  /** receives the messages of the tools */
  readonly onLine: OnLine;
  readonly signal: AbortSignal;
}

/** Files of the machine that must not be in an image: its name and its name servers. */
const machineFiles = ['etc/hostname', 'etc/resolv.conf'];

/** Finds a tool that can create a Debian root file system, preferably mmdebstrap. */
export async function findBootstrapTool(env: BootstrapOptions['env']): Promise<BootstrapTool | undefined> {
  for (const tool of ['mmdebstrap', 'debootstrap'] as const) {
    const { exitCode } = await execa(tool, ['--version'], { env, reject: false });
    if (exitCode === 0) return tool;
  }
  return undefined;
}

/**
 * Creates a Debian root file system and yields it as a tar.
 *
 * Throws execa's error when a tool fails or is stopped, so that an incomplete tar is never taken for a complete one.
 */
export function bootstrap(
  tool: BootstrapTool,
  release: string,
  source: PackageSource,
  options: BootstrapOptions,
): AsyncGenerator<Uint8Array> {
  return tool === 'mmdebstrap'
    ? run('mmdebstrap', mmdebstrapArguments(release, source), options)
    : bootstrapDirectory(release, source, options);
}

async function* bootstrapDirectory(
  release: string,
  source: PackageSource,
  options: BootstrapOptions,
): AsyncGenerator<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-base-'));
  try {
    // debootstrap prints messages on its stdout.
    for await (const text of run('debootstrap', debootstrapArguments(release, source, directory), options)) {
      options.onLine(Buffer.from(text).toString().trimEnd());
    }
    yield* run('tar', tarArguments(directory), options);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function* run(
  command: string,
  argv: readonly string[],
  { env, onLine, signal }: BootstrapOptions,
): AsyncGenerator<Uint8Array> {
  const child = execa(command, argv, {
    stdin: 'ignore',
    // In its own process group: if mmdebstrap cannot write the tar, it sends SIGHUP to its group.
    detached: true,
    buffer: false,
    cancelSignal: signal,
    env: { ...env, LC_ALL: 'C.UTF-8' },
  });
  // While the output is read, a rejection would be unhandled.
  child.catch(() => undefined);
  child.stderr.pipe(lineStream(onLine));
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    await child;
  } finally {
    // The reader can stop before the end.
    child.kill();
  }
}

/** mmdebstrap writes a tar to its stdout. */
export function mmdebstrapArguments(release: string, source: PackageSource): readonly string[] {
  const { uri, trusted } = source;
  const keyring = foreignKeyring(source);
  const options = [...(keyring === undefined ? [] : [`signed-by=${keyring}`]), ...(trusted ? ['trusted=yes'] : [])];
  return [
    '--variant=minbase',
    '--include=ca-certificates',
    // Rootless engines cannot create devices, and every container gets its own.
    '--skip=output/dev',
    '--dpkgopt=force-unsafe-io',
    ...['doc', 'locale', 'man'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    // The build of the slice image needs the keyring at the same path.
    ...(keyring === undefined ? [] : [`--customize-hook=upload ${keyring} ${keyring}`]),
    `--customize-hook=cd "$1" && rm -f ${machineFiles.join(' ')}`,
    release,
    '-',
    ['deb', ...(options.length > 0 ? [`[${options.join(' ')}]`] : []), uri, release, 'main'].join(' '),
  ];
}

/**
 * The keyring, unless it is Debian's own.  Every Debian system has that one, but its file name depends on the release,
 * and the tools find it by themselves.
 */
function foreignKeyring({ keyring }: PackageSource): string | undefined {
  return keyring?.startsWith('/usr/share/keyrings/debian-archive-') === true ? undefined : keyring;
}

/** debootstrap fills a directory. */
export function debootstrapArguments(release: string, source: PackageSource, directory: string): readonly string[] {
  const { uri, keyring, trusted } = source;
  return [
    '--variant=minbase',
    ...(keyring === undefined ? [] : [`--keyring=${keyring}`]),
    ...(trusted ? ['--no-check-gpg'] : []),
    release,
    directory,
    uri,
  ];
}

function tarArguments(directory: string): readonly string[] {
  const excluded = [...machineFiles, 'dev/*', 'proc/*', 'sys/*', 'var/cache/apt/archives/*.deb', 'var/lib/apt/lists/*'];
  const options = excluded.map((path) => `--exclude=./${path}`);
  return ['--create', '--numeric-owner', ...options, '--directory', directory, '.'];
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type OnLine } from '../engine/engine.ts';
import { debootstrapArguments, mmdebstrapArguments, tarArguments } from './bootstrap-arguments.ts';
import { type PackageSource } from './package-sources.ts';

export type BootstrapTool = 'mmdebstrap' | 'debootstrap';

export interface BootstrapOptions {
  /** where the tools are looked for; the program's own search path when left out */
  readonly searchPath?: string | undefined;
  /** gets what the tools say of their work */
  readonly onLine: OnLine;
  readonly signal: AbortSignal;
}

/** The tool that makes a Debian root file system here, the better one first. */
export async function findBootstrapTool(searchPath?: string): Promise<BootstrapTool | undefined> {
  const { execa } = await loadExeca();
  for (const tool of ['mmdebstrap', 'debootstrap'] as const) {
    const { exitCode } = await execa(tool, ['--version'], { env: pathOnly(searchPath), reject: false });
    if (exitCode === 0) return tool;
  }
  return undefined;
}

/**
 * Makes a Debian root file system and yields it as a tar.
 *
 * Throws execa's error when a tool fails or is stopped, so that nobody takes what came until then for the whole.
 */
export function bootstrap(
  tool: BootstrapTool,
  release: string,
  source: PackageSource,
  options: BootstrapOptions,
): AsyncIterable<Uint8Array> {
  return tool === 'mmdebstrap'
    ? run('mmdebstrap', mmdebstrapArguments(release, source), options)
    : bootstrapDirectory(release, source, options);
}

async function* bootstrapDirectory(release: string, source: PackageSource, options: BootstrapOptions) {
  const directory = await mkdtemp(join(tmpdir(), 'vcluster-box-base-'));
  try {
    // debootstrap talks on its stdout; that is not the tar.
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
  { searchPath, onLine, signal }: BootstrapOptions,
): AsyncGenerator<Uint8Array> {
  const { execa } = await loadExeca();
  const child = execa(command, argv, {
    stdin: 'ignore',
    buffer: false,
    cancelSignal: signal,
    env: { ...pathOnly(searchPath), LC_ALL: 'C.UTF-8' },
  });
  // Observed here too: while the output is read, nobody else waits for the process.
  child.catch(() => undefined);
  createInterface({ input: child.stderr }).on('line', onLine);
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    await child;
  } finally {
    // For when nobody wants the rest.
    child.kill();
  }
}

/** It takes 100 ms to load, and hardly anybody makes a base image. */
function loadExeca() {
  return import('execa');
}

function pathOnly(searchPath: string | undefined): Record<string, string> {
  return searchPath === undefined ? {} : { PATH: searchPath };
}

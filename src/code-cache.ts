import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

/** The compiled functions of a program, from V8. */
export interface CodeCache {
  readonly code: Buffer;
  /** the commands that have run: a command's functions are compiled when it runs for the first time */
  readonly commands: readonly string[];
}

/** A file with a `CodeCache`. Its first line has the checksums of code and program, and the commands. */
export interface CodeCacheFile {
  readonly path: string;
  /** the user whose file it must be: the code is run */
  readonly uid: number;
  readonly program: Buffer;
}

/**
 * Finds the code cache, following the XDG Base Directory Specification.
 *
 * @returns `undefined` if there is to be none
 */
export function codeCachePath(env: NodeJS.ProcessEnv, home: string): string | undefined {
  // The variable of Node 22, which can cache code by itself (`module.enableCompileCache`).
  if ((env['NODE_DISABLE_COMPILE_CACHE'] ?? '') !== '') return undefined;
  const given = env['XDG_CACHE_HOME'] ?? '';
  return join(given.startsWith('/') ? given : join(home, '.cache'), 'vcluster-box', 'code');
}

/**
 * @returns `undefined` if there is none, or if it is damaged or of another program: V8 notices another version of V8,
 * but neither of these
 */
export function readCodeCache({ path, uid, program }: CodeCacheFile): CodeCache | undefined {
  try {
    const handle = fs.openSync(path, 'r');
    try {
      return fs.fstatSync(handle).uid === uid ? parse(fs.readFileSync(handle), program) : undefined;
    } finally {
      fs.closeSync(handle);
    }
  } catch {
    return undefined;
  }
}

function parse(content: Buffer, program: Buffer): CodeCache | undefined {
  const end = content.indexOf('\n');
  const code = content.subarray(end + 1);
  const [ofCode, ofProgram, ...commands] = content.toString('latin1', 0, end).split(' ');
  return ofCode === String(crc32(code)) && ofProgram === String(crc32(program)) ? { code, commands } : undefined;
}

/** Replaces the file at once. If that fails, the next start takes as long as this one. */
export function writeCodeCache({ path, program }: CodeCacheFile, { code, commands }: CodeCache): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  const head = `${[crc32(code), crc32(program), ...commands].join(' ')}\n`;
  try {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      fs.writeFileSync(draft, Buffer.concat([Buffer.from(head), code]), { mode: 0o600 });
      fs.renameSync(draft, path);
    } finally {
      fs.rmSync(draft, { force: true });
    }
  } catch {
    // The folder cannot be created, or not be written to.
  }
}

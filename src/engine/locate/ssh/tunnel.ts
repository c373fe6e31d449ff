import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onExit } from 'signal-exit';
import { UnreachableError } from '../../../errors.ts';
import { sshArguments, sshDestination } from './destination.ts';
import { refusedThere, sshFailure, type SshFailure } from './failure.ts';

/** An engine's socket, brought here by a process of OpenSSH. */
export interface Tunnel {
  /** path of the local socket */
  readonly socket: string;
  /** Why connections through it are refused, if ssh has said so. */
  readonly refusal: () => Promise<SshFailure | undefined>;
}

const open = new Map<string, Promise<Tunnel>>();

/** ssh may have to go over several machines. */
const patienceMs = 60_000;

/**
 * A tunnel to that engine: one for each endpoint and process.  It keeps no process alive, and ends with it.
 *
 * @throws {UnreachableError} with what ssh said, when there is none to be had
 */
export function tunnelTo(url: URL): Promise<Tunnel> {
  const there = open.get(url.href);
  if (there !== undefined) return there;
  const made = dig(url);
  open.set(url.href, made);
  // Whoever asks next gets another try.
  made.catch(() => open.delete(url.href));
  return made;
}

async function dig(url: URL): Promise<Tunnel> {
  const destination = sshDestination(url);
  const directory = mkdtempSync(join(shortDirectory(), 'vcluster-box-ssh-'));
  const socket = join(directory, 'engine');
  // A session of its own: a terminal's Ctrl-C is for us, who need the engine to clear away, and would end ssh as well.
  const ssh = spawn('ssh', sshArguments(destination, socket), { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const said = collect(ssh);
  const ended = new Promise<Error | undefined>((resolve) => {
    ssh.once('error', resolve).once('exit', () => {
      resolve(undefined);
    });
  });
  const removeAtExit = onExit(() => {
    ssh.kill();
    rmSync(directory, { recursive: true, force: true });
  });
  void ended.then(() => {
    removeAtExit();
    open.delete(url.href);
    rmSync(directory, { recursive: true, force: true });
  });
  const waiting = new AbortController();
  const failed = ended.then((error) => sshFailure(error, said()));
  const problem = await Promise.race([listening(socket, waiting.signal), failed]);
  waiting.abort();
  if (problem !== undefined) {
    ssh.kill();
    const what = `no container engine can be reached at ${url.href}`;
    throw new UnreachableError(what, problem.message, { hint: problem.hint });
  }
  ssh.unref();
  return { socket, refusal: () => refusal(said, destination.socket) };
}

/** What ssh says of it comes by another way than the end of the connection, and may come later. */
async function refusal(said: () => string, socket: string): Promise<SshFailure | undefined> {
  for (let waited = 0; waited < 500; waited += 20) {
    const refused = refusedThere(said(), socket);
    if (refused !== undefined) return refused;
    await pause(20);
  }
  return undefined;
}

/** A socket's path may have 107 bytes at the most, and ssh adds some while it makes it. */
function shortDirectory(): string {
  return tmpdir().length > 60 ? '/tmp' : tmpdir();
}

/** The last that ssh says, without keeping the process alive for it. */
function collect({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  (stderr as Socket | null)?.unref();
  return () => text.trim();
}

/** Resolves when the socket is there; to a problem when it takes too long. */
async function listening(socket: string, signal: AbortSignal) {
  for (let waited = 0; waited < patienceMs; waited += 20) {
    if (signal.aborted || existsSync(socket)) return undefined;
    await pause(20);
  }
  return { message: `no answer within ${patienceMs / 1000} s`, hint: undefined };
}

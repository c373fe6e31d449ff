import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExit } from 'signal-exit';
import { UnreachableError } from '../../errors.ts';
import { waitUntil } from '../../wait.ts';
import { sshArguments, sshDestination } from './ssh-destination.ts';

/** An engine's socket on another host, forwarded to a local socket by an OpenSSH process. */
export interface Tunnel {
  /** path of the local socket */
  readonly socket: string;
  /** The reason why the host refuses connections to the engine, if ssh reports one. */
  readonly refusal: () => Promise<SshFailure | undefined>;
}

interface SshFailure {
  readonly message: string;
  readonly hint?: string | undefined;
}

const tunnels = new Map<string, Promise<Tunnel>>();

/** Long enough for several jump hosts. */
const openTimeoutMs = 60_000;
const refusalTimeoutMs = 500;
const intervalMs = 20;

/**
 * Opens a tunnel to an engine, or returns the one that this process has already opened.  The tunnel does not keep the
 * process alive, and ends with it.
 *
 * @throws {UnreachableError} with the error message of ssh
 */
export function openTunnel(url: URL): Promise<Tunnel> {
  const known = tunnels.get(url.href);
  if (known !== undefined) return known;
  const tunnel = startSsh(url);
  tunnels.set(url.href, tunnel);
  // The next call tries again.
  tunnel.catch(() => tunnels.delete(url.href));
  return tunnel;
}

async function startSsh(url: URL): Promise<Tunnel> {
  const destination = sshDestination(url);
  const directory = mkdtempSync(join(shortDirectory(), 'vcluster-box-ssh-'));
  const socket = join(directory, 'engine');
  // In a session of its own, ssh does not get the terminal's Ctrl-C: we still need the engine to clean up.
  const ssh = spawn('ssh', sshArguments(destination, socket), { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const stderr = collectStderr(ssh);
  let failure: (() => SshFailure) | undefined;
  const removeAtExit = onExit(() => {
    ssh.kill();
    rmSync(directory, { recursive: true, force: true });
  });
  const handleEnd = (error?: Error) => {
    failure ??= () => sshFailure(error, stderr());
    removeAtExit();
    tunnels.delete(url.href);
    rmSync(directory, { recursive: true, force: true });
  };
  ssh.once('error', handleEnd).once('exit', () => {
    handleEnd();
  });
  const outcome = await waitUntil<'open' | SshFailure>(async () => ((await listens(socket)) ? 'open' : failure?.()), {
    timeoutMs: openTimeoutMs,
    intervalMs,
  });
  if (outcome === 'open') {
    ssh.unref();
    return { socket, refusal: () => waitForRefusal(stderr, destination.socket) };
  }
  ssh.kill();
  const { message, hint }: SshFailure = outcome ?? { message: `no answer within ${openTimeoutMs / 1000} s` };
  throw new UnreachableError(`no container engine can be reached at ${url.href}`, message, { hint });
}

/** Whether ssh accepts connections: it creates the socket a moment before it listens on it. */
async function listens(socket: string): Promise<boolean> {
  const connection = connect(socket);
  try {
    await once(connection, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    connection.destroy();
  }
}

/** ssh reports a refusal on its stderr, which can arrive after the end of the connection. */
function waitForRefusal(stderr: () => string, socket: string): Promise<SshFailure | undefined> {
  const options = { timeoutMs: refusalTimeoutMs, intervalMs };
  return waitUntil(() => Promise.resolve(sshRefusal(stderr(), socket)), options);
}

/** The path of a socket must not exceed 107 bytes, and ssh appends some while it creates the socket. */
function shortDirectory(): string {
  return tmpdir().length > 60 ? '/tmp' : tmpdir();
}

/** Returns a function for the last part of ssh's stderr.  Reading it does not keep the process alive. */
function collectStderr({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000);
  });
  (stderr as Socket | null)?.unref();
  return () => text.trim();
}

/** Why ssh ended, and what to do about it. */
export function sshFailure(error: Error | undefined, stderr: string): SshFailure {
  if (error === undefined) {
    const lastLine = stderr.split('\n').at(-1)?.trim() ?? '';
    const hint = hints.find(([pattern]) => pattern.test(stderr))?.[1];
    return { message: lastLine === '' ? 'ssh ended without an error message' : lastLine, hint };
  }
  const missing = 'code' in error && error.code === 'ENOENT';
  return missing ? missingSsh : { message: error.message, hint: undefined };
}

const missingSsh = {
  message: 'the program `ssh` is not installed',
  hint: 'Install the OpenSSH client (Debian: openssh-client).',
};

const hints: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /host key verification failed|host identification has changed/i,
    'Connect once manually to check that it is the right host: `ssh HOST true`.',
  ],
  [
    /permission denied/i,
    'Password prompts are not possible: use a key, with ssh-agent if it has a passphrase.  ' +
      '`ssh HOST true` must work without a prompt.',
  ],
  [/could not resolve hostname/i, 'Correct the name, or add a `Host` section for it to ~/.ssh/config.'],
];

/** Why an open tunnel does not lead to an engine; `undefined` if stderr does not say. */
export function sshRefusal(stderr: string, socket: string): SshFailure | undefined {
  // ssh prints the same message if the engine is not running and if sshd does not allow forwarding.
  if (!/open failed|connect failed|prohibited/i.test(stderr)) return undefined;
  return { message: `sshd on the host cannot connect to ${socket}`, hint: refusalHint };
}

const refusalHint =
  'Check that the engine is running, that the user has access to it (`ssh HOST docker info`), and that sshd allows ' +
  'forwarding (AllowStreamLocalForwarding).  For an engine with another socket, use ssh://HOST/PATH/OF/SOCKET.';

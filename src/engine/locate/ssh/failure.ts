export interface SshFailure {
  readonly message: string;
  readonly hint: string | undefined;
}

/** Why ssh ended, in its own words, and what to do about it. */
export function sshFailure(error: Error | undefined, said: string): SshFailure {
  if (error === undefined) return { message: lastLine(said) || 'ssh ended without saying why', hint: hintFor(said) };
  const missing = 'code' in error && error.code === 'ENOENT';
  return missing ? noSsh : { message: error.message, hint: undefined };
}

const noSsh = {
  message: 'there is no program `ssh`',
  hint: 'Install OpenSSH’s client (Debian: openssh-client).',
};

function lastLine(said: string): string {
  return said.split('\n').at(-1)?.trim() ?? '';
}

const hints: readonly (readonly [words: RegExp, hint: string])[] = [
  [
    /host key verification failed|host identification has changed/i,
    'Connect once by hand, and see whether it is the right machine: `ssh HOST true`.',
  ],
  [
    /permission denied/i,
    'Nobody can be asked for a password: use a key, with ssh-agent if it has a passphrase; `ssh HOST true` must work without questions.',
  ],
  [/could not resolve hostname/i, 'Correct the name, or give it a `Host` section in ~/.ssh/config.'],
];

/** @param said by ssh */
function hintFor(said: string): string | undefined {
  return hints.find(([words]) => words.test(said))?.[1];
}

/** Why a tunnel that there is leads to no engine; undefined when ssh does not say. */
export function refusedThere(said: string, socket: string): SshFailure | undefined {
  // The same words, whether the engine is missing, or sshd forbids it.
  if (!/open failed|connect failed|prohibited/i.test(said)) return undefined;
  return { message: `sshd there cannot connect to ${socket}`, hint: refusedHint };
}

const refusedHint =
  'See whether the engine runs there, whether that user may use it (`ssh HOST docker info`), and whether sshd forbids it ' +
  '(AllowStreamLocalForwarding); an engine with another socket is ssh://HOST/PATH/OF/SOCKET.';

import { EngineError } from '../../errors.ts';

/** An engine's socket on a host reached through OpenSSH. */
export interface SshDestination {
  /** a host of the user's ssh configuration, a host name, or an address */
  readonly host: string;
  readonly user?: string;
  readonly port?: string;
  /** path of the engine's socket on the host */
  readonly socket: string;
}

/**
 * Parses `ssh://[USER@]HOST[:PORT][/SOCKET]`, like the docker CLI.
 *
 * @throws {EngineError} if the host is missing, or the URL has parts that cannot be passed to ssh
 */
export function sshDestination(url: URL): SshDestination {
  const { hostname, username, port, pathname } = url;
  check(url);
  return {
    // URLs have IPv6 addresses in brackets.
    host: decode(url, hostname).replace(/^\[|\]$/g, ''),
    ...(username !== '' && { user: decode(url, username) }),
    ...(port !== '' && { port }),
    socket: pathname === '' || pathname === '/' ? '/var/run/docker.sock' : decode(url, pathname),
  };
}

function decode({ href }: URL, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new EngineError(`invalid endpoint ${href}: write % as %25`, { hint: formatHint });
  }
}

function check({ href, hostname, password, search, hash }: URL): void {
  if (hostname === '') throw new EngineError(`missing host name in endpoint ${href}`, { hint: formatHint });
  if (`${password}${search}${hash}` === '') return;
  // The message must not show the password.
  throw new EngineError(`an ssh endpoint cannot have a password or options: ssh://${hostname}`, { hint: configHint });
}

const formatHint = 'Examples: ssh://me@lab.example.com, ssh://lab:2222/run/user/1000/docker.sock.';
const configHint = 'Put the options of ssh into ~/.ssh/config, and use a key or an agent.';

/**
 * Arguments of an `ssh` that forwards a local socket and runs no command.
 *
 * The user's configuration, keys, jump hosts and known hosts apply; only the options that forwarding needs override it.
 */
export function sshArguments({ host, user, port, socket }: SshDestination, localSocket: string): readonly string[] {
  return [
    '-nNT',
    ...options.flatMap((option) => ['-o', option]),
    ...['-L', `${localSocket}:${socket}`],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
    // ssh must not take the host for an option.
    '--',
    host,
  ];
}

const options = [
  // Never ask for a password.
  'BatchMode=yes',
  // A forward in the user's configuration can fail because it is in use.  We check our own.
  'ExitOnForwardFailure=no',
  'ClearAllForwardings=no',
  'ServerAliveInterval=15',
  // A host that is down sends no answer at all; the system gives up after two minutes.
  'ConnectTimeout=20',
  // Use a separate connection, which ends with this process.  A shared one would keep the forward.
  'ControlMaster=no',
  'ControlPath=none',
  'ForkAfterAuthentication=no',
];

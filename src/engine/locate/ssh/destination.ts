import { EngineError } from '../../../errors.ts';

/** An engine's socket on a machine that OpenSSH reaches. */
export interface SshDestination {
  /** a name of the user's ssh configuration or of the network, or an address */
  readonly host: string;
  readonly user?: string;
  readonly port?: string;
  /** the engine's socket there */
  readonly socket: string;
}

/**
 * Reads `ssh://[USER@]HOST[:PORT][/SOCKET]`, as docker's own program has it.
 *
 * @throws {EngineError} when it has no host, or things that ssh could not be told
 */
export function sshDestination(url: URL): SshDestination {
  const { hostname, username, port, pathname } = url;
  check(url);
  return {
    // A URL has an IPv6 address in brackets.
    host: decodeURIComponent(hostname).replace(/^\[|\]$/g, ''),
    ...(username !== '' && { user: decodeURIComponent(username) }),
    ...(port !== '' && { port }),
    socket: pathname === '' || pathname === '/' ? '/var/run/docker.sock' : decodeURIComponent(pathname),
  };
}

function check({ href, hostname, password, search, hash }: URL): void {
  if (hostname === '') throw new EngineError(`this names no machine: ${href}`, { hint });
  if (`${password}${search}${hash}` === '') return;
  // The password itself is not shown.
  throw new EngineError(`a password or options are not for the endpoint: ssh://${hostname}`, { hint: configHint });
}

const hint = 'Such an endpoint looks like ssh://me@lab.example.com or ssh://lab:2222/run/user/1000/docker.sock.';
const configHint = 'Put what ssh needs to know into ~/.ssh/config, and use a key or an agent.';

/**
 * What `ssh` is started with: it forwards a local socket and runs nothing there.
 *
 * The user's own configuration, keys, jump hosts and known hosts hold; only what this use needs is set over them.
 */
export function sshArguments({ host, user, port, socket }: SshDestination, localSocket: string): readonly string[] {
  return [
    '-nNT',
    ...settings.flatMap((setting) => ['-o', setting]),
    ...['-L', `${localSocket}:${socket}`],
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
    // So that no host is taken for an option.
    '--',
    host,
  ];
}

const settings = [
  // There is nobody to ask.
  'BatchMode=yes',
  // A forward of the user's own may fail, for it may be in use; whether ours came about is seen.
  'ExitOnForwardFailure=no',
  'ClearAllForwardings=no',
  'ServerAliveInterval=15',
  // A machine that is off answers nothing at all, which the system believes after two minutes only.
  'ConnectTimeout=20',
  // A connection of its own, which ends with the program; a shared one would keep the forward.
  'ControlMaster=no',
  'ControlPath=none',
  'ForkAfterAuthentication=no',
];

import { join } from 'node:path';

interface Home {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * The directory for logs and the host cache; it need not exist yet.  Follows the XDG Base Directory Specification,
 * which requires relative paths to be ignored.
 */
export function stateDirectory({ env, home }: Home): string {
  const given = env['XDG_STATE_HOME'] ?? '';
  return join(given.startsWith('/') ? given : join(home, '.local', 'state'), 'vcluster-box');
}

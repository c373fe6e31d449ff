import { join } from 'node:path';

interface Home {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Where this program keeps logs; it may not exist yet.  By the XDG base directory specification, which says that a relative path is to be ignored. */
export function stateDirectory({ env, home }: Home): string {
  const given = env['XDG_STATE_HOME'] ?? '';
  return join(given.startsWith('/') ? given : join(home, '.local', 'state'), 'vcluster-box');
}

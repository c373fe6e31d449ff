import type { World } from './context.ts';

/** How the user calls this program: in a clone, where `npm start` and `npx` run it, it is on nobody's search path. */
export function programName({ env }: Pick<World, 'env'>): string {
  return env['npm_lifecycle_event'] === undefined ? 'vcluster-box' : 'npx vcluster-box';
}

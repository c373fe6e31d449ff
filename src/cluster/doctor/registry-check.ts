import type { Engine } from '../../engine/engine.ts';
import { EngineError } from '../../errors.ts';
import { debianRelease } from '../../image/releases.ts';
import { check, ok, type Check } from './check.ts';

/**
 * Whether base images can be pulled.  Clusters can do without: a base image can be made of Debian's packages.
 *
 * @param needed whether an image is missing for which a base would have to be pulled
 */
export async function registryCheck(engine: Engine, needed: boolean): Promise<Check> {
  const base = `debian:${debianRelease('3.0')}-slim`;
  const problem = await engine.findInRegistry(base).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof EngineError) return error.message;
      throw error;
    },
  );
  if (problem === undefined) return ok('registry', `answers, and has ${base}`);
  return check('registry', needed ? problem : 'does not answer, and is not needed: the images are there', {
    holds: !needed,
    remedy:
      'without one, a base image is made on the spot: apt-get install mmdebstrap, and uidmap for users other than root',
  });
}

import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineProvider } from '../../engine/engine-provider.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import { type Cluster, findCluster } from '../find.ts';
import { engineOf } from '../fleet/fleet.ts';
import { isSpread } from '../spread.ts';
import type { UpResult } from '../up/result.ts';
import { up, type UpContext } from '../up/up.ts';
import { isHalfMade } from './half-made.ts';
import { upAgain } from './up-again.ts';
import { upOnHosts } from './up-hosts.ts';

/**
 * Makes a cluster on the engine at hand, or on the hosts that were named; or brings one that is there, wherever it is, to the point where it runs.
 *
 * @throws {VclusterError} of the kind that says why there is no running cluster now
 */
export async function bringUp(engines: EngineProvider, request: ClusterRequest, context: UpContext): Promise<UpResult> {
  if (request.spec.hosts.length > 0) return upOnHosts(engines, request, context);
  const engine = await engines.engine();
  const cluster = await findIfThere(engine, request.spec.name);
  if (cluster !== undefined && isSpread(cluster.slices)) await refuseHalfMade(engine, cluster);
  return cluster?.hosts === undefined ? up(engine, request, context) : upAgain(engine, cluster, request, context);
}

/** Where it was to be, and what like, is best said again by whoever said it; not all of it may be known here. */
async function refuseHalfMade(engine: Engine, { name, slices, missing }: Cluster): Promise<void> {
  // What is on a host that cannot be reached may be all right.
  if (missing.some(({ reason }) => reason !== 'gone')) return;
  const parts = slices.map((slice) => ({ engine: engineOf(engine, slice.name), slice }));
  if (!(await isHalfMade(parts))) return;
  throw new ConflictError(`cluster ${name} is half-made: an \`up\` on several hosts has not come to its end`, {
    hint: `run that again, with the same options (--host ...), or remove what there is: vcluster-box down ${name}`,
  });
}

async function findIfThere(engine: Engine, name: string): Promise<Cluster | undefined> {
  try {
    return await findCluster(engine, name);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

import type { ClusterRequest } from '../../config/parse-cluster-spec.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Hosts } from '../../engine/hosts.ts';
import { NotFoundError } from '../../errors.ts';
import { type Cluster, findCluster } from '../find.ts';
import type { UpResult } from '../up/result.ts';
import { up, type UpContext } from '../up/up.ts';
import { upAgain } from './up-again.ts';
import { upOnHosts } from './up-hosts.ts';

/**
 * Makes a cluster on the engine at hand, or on the hosts that were named; or brings one that is there, wherever it is, to the point where it runs.
 *
 * @throws {VclusterError} of the kind that says why there is no running cluster now
 */
export async function bringUp(ways: Hosts, request: ClusterRequest, context: UpContext): Promise<UpResult> {
  if (request.spec.hosts.length > 0) return upOnHosts(ways, request, context);
  const engine = await ways.engine();
  const cluster = await findIfThere(engine, request.spec.name);
  return cluster?.hosts === undefined ? up(engine, request, context) : upAgain(engine, cluster, request, context);
}

async function findIfThere(engine: Engine, name: string): Promise<Cluster | undefined> {
  try {
    return await findCluster(engine, name);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

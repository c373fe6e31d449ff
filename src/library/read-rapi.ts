import type { Cluster } from '../cluster/find.ts';
import { clusterInfo } from '../cluster/info.ts';
import { readRapiCertificate } from '../cluster/rapi-certificate.ts';
import type { Engine } from '../engine/engine.ts';
import { NotFoundError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { toRapi, type Rapi } from './rapi.ts';

/** @returns what gives it, or throws a `NotFoundError` when there is none to be reached */
export async function readRapi(engine: Engine, { name, slices }: Cluster, plan: Plan): Promise<() => Rapi> {
  const { url, user, password } = (await clusterInfo(engine, name)).rapi;
  const certificate = await readRapiCertificate(engine, slices[0], plan);
  if (url === null) return refuse(`RAPI of cluster ${name} is not published`, `ports of its container: 5080`);
  if (password === null || certificate === undefined) {
    return refuse(`cluster ${name} has no RAPI yet`, `finish it: vcluster-box up ${name}`);
  }
  const rapi = toRapi({ url, user, password, ca: certificate.certificate, servername: certificate.name });
  return () => rapi;
}

function refuse(message: string, hint: string): () => never {
  return () => {
    throw new NotFoundError(message, { hint });
  };
}

import { contextCandidate, currentContext } from './context.ts';
import { type Candidate, dockerConfig, type Surroundings, variable } from './surroundings.ts';

/**
 * Where an engine may be, in the order to try.
 *
 * Where the user names one, there is only that: a slip in its name must not lead to another engine.
 *
 * @throws {EngineError} when the docker context that is named cannot be read
 */
export async function findCandidates(surroundings: Surroundings): Promise<readonly Candidate[]> {
  const host = variable(surroundings, 'DOCKER_HOST');
  if (host !== undefined) return [fromHost(host, surroundings)];
  const context = await currentContext(surroundings);
  if (context !== undefined) return [await contextCandidate(context, surroundings)];
  return knownSockets(surroundings).map(([source, path]) => ({ source, endpoint: `unix://${path}` }));
}

/**
 * Where a host's engine is: an endpoint as `DOCKER_HOST` would have it, or the name of a docker context.
 *
 * @throws {EngineError} when that docker context cannot be read
 */
export async function hostCandidate(host: string, surroundings: Surroundings): Promise<Candidate> {
  return host.includes('://') ? fromHost(host, surroundings) : contextCandidate(host, surroundings);
}

function fromHost(host: string, surroundings: Surroundings): Candidate {
  const endpoint = host.includes('://') ? host : `tcp://${host}`;
  const candidate = { source: 'DOCKER_HOST', endpoint };
  const verify = variable(surroundings, 'DOCKER_TLS_VERIFY') !== undefined;
  if (!verify && variable(surroundings, 'DOCKER_TLS') === undefined) return candidate;
  const directory = variable(surroundings, 'DOCKER_CERT_PATH') ?? dockerConfig(surroundings);
  return { ...candidate, tls: { directory, verify } };
}

function knownSockets(surroundings: Surroundings): readonly (readonly [source: string, path: string])[] {
  const { home, uid } = surroundings;
  const runtime = variable(surroundings, 'XDG_RUNTIME_DIR') ?? `/run/user/${uid}`;
  return [
    ['default socket', '/var/run/docker.sock'],
    ['rootless Docker', `${runtime}/docker.sock`],
    ['Docker Desktop', `${home}/.docker/run/docker.sock`],
    uid === 0 ? ['Podman', '/run/podman/podman.sock'] : ['rootless Podman', `${runtime}/podman/podman.sock`],
  ];
}

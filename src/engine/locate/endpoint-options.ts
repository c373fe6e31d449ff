import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import type { DockerOptions } from 'dockerode';
import { EngineError } from '../../errors.ts';
import type { Candidate, TlsFiles } from './candidates.ts';
import { openTunnel } from './ssh-tunnel.ts';

/**
 * Converts an endpoint to options of dockerode.  Opens a tunnel for `ssh:`.
 *
 * @throws {EngineError} if the endpoint is not valid or its certificates cannot be read
 */
export async function endpointOptions({ endpoint, tls }: Candidate): Promise<DockerOptions> {
  // A path, in which no character has a special meaning.
  if (endpoint.startsWith('unix://')) return { socketPath: endpoint.slice('unix://'.length) };
  const url = parseEndpoint(endpoint);
  switch (url.protocol) {
    case 'tcp:':
    case 'http:':
    case 'https:':
      return tcpOptions(url, tls);
    case 'ssh:':
      return { socketPath: (await openTunnel(url)).socket };
    default:
      throw new EngineError(`unsupported endpoint ${endpoint}`, { hint: formatHint });
  }
}

const formatHint =
  'Examples of endpoints: unix:///var/run/docker.sock, ssh://me@lab.example.com, tcp://192.0.2.1:2376.';

/** @throws {EngineError} if it is not a URL */
export function parseEndpoint(endpoint: string): URL {
  if (!URL.canParse(endpoint)) throw new EngineError(`invalid endpoint ${endpoint}`, { hint: formatHint });
  return new URL(endpoint);
}

async function tcpOptions({ protocol, hostname, port }: URL, tls: TlsFiles | undefined): Promise<DockerOptions> {
  const secure = protocol === 'https:' || tls !== undefined;
  const defaultPort = secure ? 2376 : 2375;
  return {
    protocol: secure ? 'https' : 'http',
    // URLs have IPv6 addresses in brackets.
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? defaultPort : Number(port),
    ...(tls !== undefined && (await tlsOptions(tls))),
  };
}

async function tlsOptions({ directory, verify }: TlsFiles): Promise<DockerOptions & { readonly agent?: Agent }> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfExists(`${directory}/${name}`)),
  );
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(!verify && { agent: new Agent({ rejectUnauthorized: false }) }),
  };
}

async function readIfExists(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new EngineError(`cannot read ${path}`, { cause });
  }
}

import type { DockerOptions } from 'dockerode';
import { EngineError } from '../../errors.ts';
import { tunnelTo } from './ssh/tunnel.ts';
import type { Candidate, TlsFiles } from './surroundings.ts';
import { tlsOptions } from './tls.ts';

/**
 * How dockerode reaches that endpoint.
 *
 * @throws {EngineError} when it cannot
 */
export async function endpointOptions({ endpoint, tls }: Candidate): Promise<DockerOptions> {
  const url = parse(endpoint);
  switch (url.protocol) {
    case 'unix:':
      return { socketPath: decodeURIComponent(url.pathname) };
    case 'tcp:':
    case 'http:':
    case 'https:':
      return tcpOptions(url, tls);
    case 'ssh:':
      return { socketPath: (await tunnelTo(url)).socket };
    default:
      throw new EngineError(`not an endpoint that can be used: ${endpoint}`, { hint: formsHint });
  }
}

const formsHint =
  'An endpoint looks like unix:///var/run/docker.sock, ssh://me@lab.example.com or tcp://192.0.2.1:2376.';

function parse(endpoint: string): URL {
  if (!URL.canParse(endpoint)) throw new EngineError(`not an endpoint: ${endpoint}`, { hint: formsHint });
  return new URL(endpoint);
}

async function tcpOptions({ protocol, hostname, port }: URL, tls: TlsFiles | undefined): Promise<DockerOptions> {
  const secure = protocol === 'https:' || tls !== undefined;
  return {
    protocol: secure ? 'https' : 'http',
    // A URL has an IPv6 address in brackets.
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? defaultPort(secure) : Number(port),
    ...(tls !== undefined && (await tlsOptions(tls))),
  };
}

function defaultPort(secure: boolean): number {
  return secure ? 2376 : 2375;
}

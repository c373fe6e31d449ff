import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectFirst, createEngineProvider } from '../../../src/engine/locate/connect-engine.ts';
import { BuildFailedError, EngineError } from '../../../src/errors.ts';
import { makeCertificates } from '../../support/hosts/tls.ts';

let home: string;
const servers: Server[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vcluster-box-'));
  // Otherwise, a build first asks the engine for its proxies.
  await mkdir(join(home, '.docker'));
  await writeFile(join(home, '.docker', 'config.json'), '{"proxies":{"default":{}}}');
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Starts a server that answers like an engine, on a socket in the user's runtime directory. */
async function serve(answer: RequestListener = () => undefined): Promise<string> {
  const socket = join(home, 'docker.sock');
  const server = createServer((request, response) => {
    if (request.url === '/_ping') response.end('OK');
    else answer(request, response);
  });
  servers.push(server);
  await once(server.listen(socket), 'listening');
  return `unix://${socket}`;
}

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const connect = (env: Record<string, string>) => createEngineProvider({ env, home, uid: 1000 }).engine();

describe('the engine', () => {
  it('of DOCKER_HOST is used', async () => {
    const endpoint = await serve();
    expect(await connect({ DOCKER_HOST: endpoint })).toMatchObject({ endpoint });
  });

  it('of DOCKER_HOST is used over TCP', async () => {
    const endpoint = await listen(createServer((_request, response) => response.end('OK')));
    expect(await connect({ DOCKER_HOST: endpoint })).toMatchObject({ endpoint });
  });

  it('of a wrong DOCKER_HOST is an error with the reason, even if another engine is running', async () => {
    await serve();
    const env = { DOCKER_HOST: 'unix:///no/such.sock', XDG_RUNTIME_DIR: home };
    await expect(connect(env)).rejects.toThrow(
      'no container engine answers at unix:///no/such.sock (from DOCKER_HOST): no such file or directory',
    );
  });

  it('that answers with an error is not a missing engine', async () => {
    const endpoint = await listen(createServer((_, response) => response.writeHead(500).end('{"message":"it broke"}')));
    await expect(connect({ DOCKER_HOST: endpoint })).rejects.toThrow(
      `cannot use the container engine at ${endpoint} (from DOCKER_HOST): the engine answers with an error: it broke`,
    );
  });

  it('of an ssh endpoint needs ssh', async () => {
    vi.stubEnv('PATH', home);
    const error: unknown = await connect({ DOCKER_HOST: 'ssh://me@lab:2222' }).catch((reason: unknown) => reason);
    vi.unstubAllEnvs();
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({
      message: 'no container engine can be reached at ssh://me@lab:2222: the program `ssh` is not installed',
      hint: 'Install the OpenSSH client (Debian: openssh-client).',
    });
  });

  it('that requires TLS cannot be used without certificates; the hint says how to configure them', async () => {
    // The answer of engines, from Go's `net/http/server.go`.
    const server = createServer((_, response) =>
      response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n'),
    );
    await expect(connect({ DOCKER_HOST: await listen(server) })).rejects.toMatchObject({
      message: expect.stringMatching(/: the engine requires TLS$/) as unknown,
      hint: expect.stringContaining('DOCKER_CERT_PATH') as unknown,
    });
  });

  it('with the certificate of another host is refused', async () => {
    await makeCertificates(home, 1);
    const [key, cert] = await Promise.all(
      ['server-key.pem', 'server-cert.pem'].map((file) => readFile(join(home, file))),
    );
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: home };
    // The certificate is for another address.
    const server = createTlsServer({ key, cert }, (_, response) => response.end('OK'));
    await expect(connect({ DOCKER_HOST: await listen(server), ...env })).rejects.toMatchObject({
      message: expect.stringContaining("does not match certificate's altnames") as unknown,
      hint: expect.stringContaining('DOCKER_CERT_PATH') as unknown,
    });
  });

  it('without TLS cannot be used with TLS', async () => {
    await makeCertificates(home, 1);
    const server = createServer((_, response) => response.end('OK'));
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: home };
    await expect(connect({ DOCKER_HOST: await listen(server), ...env })).rejects.toMatchObject({
      message: expect.stringMatching(/: the engine does not use TLS on this port$/) as unknown,
      hint: expect.stringContaining('DOCKER_TLS_VERIFY') as unknown,
    });
  });

  it.each(['npipe:////./pipe/docker_engine', 'tcp://', 'unix', 'tcp://host:port'])(
    'cannot have the endpoint %s',
    async (endpoint) => {
      await expect(connect({ DOCKER_HOST: endpoint })).rejects.toThrow(EngineError);
    },
  );

  it('is the first one that answers', async () => {
    const endpoint = await serve();
    const missing = { source: 'default socket', endpoint: 'unix:///no/such.sock' };
    const there = { source: 'rootless Docker', endpoint };
    const later = {
      source: 'Podman',
      endpoint: await listen(createServer((_request, response) => response.end('OK'))),
    };
    expect(await connectFirst([missing, there, later])).toMatchObject({ endpoint });
  });

  it('that is not found is an error that lists the attempts', async () => {
    const candidates = [
      { source: 'default socket', endpoint: 'unix:///no/such.sock' },
      { source: 'Podman', endpoint: 'tcp://127.0.0.1:1' },
    ];
    await expect(connectFirst(candidates)).rejects.toMatchObject({
      output: [
        'unix:///no/such.sock (default socket): no such file or directory',
        'tcp://127.0.0.1:1 (Podman): connection refused',
      ],
    });
  });

  it('is not taken from the environment of the process, which dockerode prefers', async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1');
    const endpoint = await serve();
    const engine = await connectFirst([{ source: 'default socket', endpoint }]).finally(() => vi.unstubAllEnvs());
    expect(engine).toMatchObject({ endpoint });
  });
});

describe('an engine that', () => {
  const build = (endpoint: string) => async () => {
    const engine = await connect({ DOCKER_HOST: endpoint });
    const request = { context: Readable.from([Buffer.alloc(1024)]), tag: 'test', buildArgs: {}, labels: {} };
    await engine.buildImage(request, () => undefined);
  };

  it('disconnects in the middle of a request is an error that names it', async () => {
    const endpoint = await serve((request, response) => {
      request.resume().on('end', () => {
        response.write('{"stream":"Step 1"}\r\n', () => response.destroy());
      });
    });
    await expect(build(endpoint)()).rejects.toThrow(
      `cannot build image test: the connection to the Docker engine at ${endpoint} failed`,
    );
  });

  it('reports a failed build in its progress is an error with the last twenty lines', async () => {
    const endpoint = await serve((request, response) => {
      const lines = Array.from({ length: 30 }, (_, i) => JSON.stringify({ stream: `line ${i}\n` }));
      request.resume().on('end', () => response.end([...lines, '{"error":"it broke"}'].join('\r\n')));
    });
    const error: unknown = await build(endpoint)().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BuildFailedError);
    expect((error as BuildFailedError).message).toBe('cannot build image test: it broke');
    expect((error as BuildFailedError).output).toEqual(Array.from({ length: 20 }, (_, i) => `line ${i + 10}`));
  });

  it('refuses a request is an error with its message', async () => {
    const endpoint = await serve((_request, response) => {
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"disk is full"}');
    });
    const engine = await connect({ DOCKER_HOST: endpoint });
    await expect(engine.removeVolume('data')).rejects.toThrow('cannot remove volume data: disk is full');
  });
});

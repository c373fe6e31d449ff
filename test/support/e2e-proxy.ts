import { rm } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Engine } from '../../src/engine/engine.ts';

/** A proxy for the engine that can be closed, to simulate an engine that goes away. */
export interface EngineProxy extends AsyncDisposable {
  /** for `DOCKER_HOST` */
  readonly endpoint: string;
  /** Breaks all connections, and refuses new ones. */
  readonly cut: () => void;
  /** Blocks all data without closing connections, like an engine that hangs. */
  readonly stall: () => void;
}

interface ProxyOptions {
  /** Close the connection if the first line of a request contains this, before the engine receives it. */
  readonly cutAt?: RegExp;
  /** Changes the engine's answers; the length must stay the same, because it is sent first. */
  readonly alter?: (answer: string) => string;
  readonly tcp?: boolean;
}

/** The socket of a local engine; `undefined` if the engine is not reached over a plain socket. */
export function engineSocket({ endpoint }: Engine): string | undefined {
  return /^unix:(?:\/\/)?(\/.*)$/.exec(endpoint)?.[1];
}

export async function proxyTo(socket: string, { cutAt, alter, tcp = false }: ProxyOptions = {}): Promise<EngineProxy> {
  const sockets = new Set<Socket>();
  const path = join(tmpdir(), `e2e-proxy-${randomBytes(4).toString('hex')}.sock`);
  const server = createServer((near) => {
    const far = connect(socket);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    }
    near.on('data', (chunk: Buffer) => {
      if (cutAt?.test(chunk.toString('latin1').split('\r\n', 1)[0] ?? '') === true) cut();
      else far.write(chunk);
    });
    near.on('end', () => far.end());
    if (alter === undefined) far.pipe(near);
    else far.on('data', (chunk: Buffer) => near.write(Buffer.from(alter(chunk.toString('latin1')), 'latin1')));
  });
  const cut = () => {
    server.close();
    for (const each of sockets) each.destroy();
  };
  const stall = () => {
    for (const each of sockets) each.pause();
    server.removeAllListeners('connection').on('connection', (near) => sockets.add(near));
  };
  await listen(server, tcp ? { port: 0, host: '127.0.0.1' } : { path });
  return {
    endpoint: tcp ? `tcp://127.0.0.1:${portOf(server)}` : `unix://${path}`,
    cut,
    stall,
    async [Symbol.asyncDispose]() {
      cut();
      await rm(path, { force: true });
    },
  };
}

/** A server on a free port of this machine, or on the given one. */
export async function listen(server: Server, where: { port: number; host: string } | { path: string }): Promise<void> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(where, resolve));
}

export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

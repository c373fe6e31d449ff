import { rm } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Engine } from '../../src/engine/engine.ts';

/** A way to the engine that can be closed, as when the engine goes away. */
export interface EngineProxy extends AsyncDisposable {
  /** for `DOCKER_HOST` */
  readonly endpoint: string;
  /** Breaks all connections; from then on nobody listens. */
  readonly cut: () => void;
  /** Lets nothing through any more, without a word: as an engine that hangs. */
  readonly stall: () => void;
}

interface ProxyOptions {
  /** Break off when a request has this in its first line, before the engine sees it. */
  readonly cutAt?: RegExp;
  /** Changes what the engine answers; the length must stay, for it is told before. */
  readonly alter?: (answer: string) => string;
  readonly tcp?: boolean;
}

/** Where a local engine listens; `undefined` when it is not reached by a plain socket. */
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

/** A server that has taken a free port of this machine, or the one named. */
export async function listen(server: Server, where: { port: number; host: string } | { path: string }): Promise<void> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(where, resolve));
}

export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { connect } from '../../src/engine/connection.ts';
import { toEngine } from '../../src/engine/docker-engine.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';

/** How an engine answers a request. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => unknown;

const head = { 'content-type': 'application/json' };

/** The ways in which an engine fails, by name. */
export const faults = {
  'does not answer': () => undefined,
  'stops within an answer': (_, response) => response.writeHead(200, head).write('[{"Id":'),
  'breaks off an answer': (_, response) =>
    response.writeHead(200, { ...head, 'content-length': 5000 }).write('[{"Id":', () => response.destroy()),
  'breaks off an answer of unknown length': (_, response) =>
    response.writeHead(200, head).write('[{"Id":', () => response.destroy()),
  'closes the connection': (_, response) => response.destroy(),
  'cuts its JSON': (_, response) => response.writeHead(200, head).end('[{"Id":"abc","Names":["/'),
  'answers null': (_, response) => response.writeHead(200, head).end('null'),
  'answers a list of numbers': (_, response) => response.writeHead(200, head).end('[1]'),
  'answers an empty object': (_, response) => response.writeHead(200, head).end('{}'),
  'answers nothing': (_, response) => response.writeHead(200, head).end(),
  'answers 500': (_, response) => response.writeHead(500, head).end('{"message":"database is locked"}'),
  'answers 502 in HTML': (_, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'),
  'redirects to another machine': (_, response) => response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end(),
  'does not speak HTTP': (_, response) => response.socket?.end('hello\n'),
} satisfies Record<string, Fault>;

/** Starts an engine that answers `/_ping` and otherwise has a fault. @returns the path of its socket */
async function serveBroken(fault: Fault): Promise<string> {
  const socketPath = join(await mkdtemp(join(tmpdir(), 'vcluster-box-')), 'docker.sock');
  const server = createServer((request, response) => {
    if (request.url === '/_ping') response.end('OK');
    else fault(request, response);
  });
  await once(server.listen(socketPath), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return socketPath;
}

/** The same as our engine, with a time limit of 200 ms for each request. */
export async function brokenEngine(fault: Fault): Promise<FakeEngine> {
  const socketPath = await serveBroken(fault);
  const connection = await connect(`unix://${socketPath}`, { socketPath }, () => 200);
  return { ...fakeEngine(), ...toEngine(connection) };
}

import { createServer } from 'node:net';
import { listen, portOf } from './e2e-proxy.ts';

/** A TCP port of 127.0.0.1 that no program uses at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await listen(server, { port: 0, host: '127.0.0.1' });
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

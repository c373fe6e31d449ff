import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { listen, portOf } from './e2e-proxy.ts';

/** The first message that a client receives; empty when the connection is closed without one, or refused. */
export function firstLine(port: number, address = '127.0.0.1'): Promise<string> {
  const socket = connectTcp(port, address);
  return new Promise((resolve) => {
    socket
      .on('error', () => undefined)
      .on('close', () => {
        resolve('');
      });
    socket.on('data', (chunk: Buffer) => {
      resolve(chunk.toString().split('\r\n')[0] ?? '');
      socket.destroy();
    });
  });
}

/** The name in the certificate that a node's daemon presents. */
export async function certificateName(port: number): Promise<string | readonly string[]> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN ?? '';
}

/** A program of this machine occupies the port while `run` is running. */
export async function whileBusy(run: (port: number) => Promise<void>): Promise<void> {
  const listener = createServer();
  await listen(listener, { port: 0, host: '127.0.0.1' });
  await run(portOf(listener));
  listener.close();
}

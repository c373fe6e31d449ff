import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { type SharedCluster, sharedCluster } from '../support/e2e-shared.ts';
import { succeed } from '../support/e2e-succeed.ts';

/** Returns what each client sends, until a client sends `end`. */
const echoServer = `
import asyncio
async def main():
    ended = asyncio.Event()
    async def echo(reader, writer):
        while data := await reader.read(99):
            writer.write(data)
            if data == b"end":
                ended.set()
        writer.close()
    async with await asyncio.start_server(echo, "198.18.1.2", 7778, backlog=300):
        print("listening", flush=True)
        await ended.wait()
asyncio.run(main())
`;

describe.skipIf(!dockerAvailable)('connections to published ports', () => {
  let cluster: SharedCluster;
  beforeAll(async () => {
    cluster = await sharedCluster();
  }, 300_000);

  async function publish(target: string): Promise<number> {
    const { stdout } = await succeed(['-c', cluster.name, 'port', 'add', target, '--json']);
    return (JSON.parse(stdout) as readonly [{ readonly port: number }])[0].port;
  }

  it('carry large answers and long requests completely, and close when both sides have closed', async () => {
    const echo = cluster.run(['exec', 'node2', 'socat', '-t', '60', 'TCP-LISTEN:7777,bind=198.18.1.2', 'EXEC:cat']);
    const port = await publish('node2:7777');
    await vi.waitFor(
      async () => {
        expect((await cluster.run(['exec', 'node2', 'ss', '-ltn'])).stdout).toContain('198.18.1.2:7777');
      },
      { timeout: 20_000, interval: 200 },
    );
    const sent = Buffer.alloc(3_000_000, 'abcdefg');
    const socket = connectTcp({ port: port, host: '127.0.0.1', allowHalfOpen: true });
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    // Half closed: the last data must still come back.
    socket.end(sent);
    await once(socket, 'close');
    expect(Buffer.concat(received).equals(sent)).toBe(true);
    expect((await echo).exitCode).toBe(0);
    await succeed(['-c', cluster.name, 'port', 'rm', `${port}`]);
  });

  it('carry 200 connections at a time, and the next one when one of them ends', async () => {
    const echo = cluster.run(['exec', 'node2', 'python3', '-c', echoServer]);
    echo.stdout.setEncoding('utf8');
    await once(echo.stdout, 'data');
    const port = await publish('node2:7778');
    const open = async () => {
      const socket = connectTcp(port, '127.0.0.1').setNoDelay();
      await once(socket, 'connect');
      return socket;
    };
    const ask = async (socket: Socket) => {
      socket.write('hello');
      return String(await once(socket, 'data'));
    };
    const sockets = [];
    for (let count = 0; count < 200; count += 1) {
      const socket = await open();
      expect(await ask(socket)).toBe('hello');
      sockets.push(socket);
    }
    const [first, ...others] = sockets;
    const next = await open();
    const answer = ask(next);
    // All others can still be used meanwhile, and it is not: their answers come first.
    for (const socket of others) expect(await ask(socket)).toBe('hello');
    expect(next.bytesRead).toBe(0);
    first?.end();
    expect(await answer).toBe('hello');
    next.write('end');
    expect(await echo).toExitWith(0);
    for (const socket of [next, ...others]) socket.destroy();
    await succeed(['-c', cluster.name, 'port', 'rm', `${port}`]);
  });
});

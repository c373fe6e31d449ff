import { createEngineProvider } from '../../../src/engine/locate/connect-engine.ts';
import { containerName } from '../../../src/plan/names.ts';
import { capture } from '../capture.ts';
import type { Host } from './host.ts';

/** The receiver reports the bytes per second. */
const receiver = `
import socket, sys, time
with socket.create_server((sys.argv[1], 5999)) as server:
    connection, _ = server.accept()
    start, received = time.monotonic(), 0
    while data := connection.recv(1 << 20):
        received += len(data)
    print(received / (time.monotonic() - start))
`;

/** The sender is refused until the receiver listens. */
const sender = `
import socket, sys, time
end = time.monotonic() + 20
while True:
    try:
        connection = socket.create_connection((sys.argv[1], 5999), 5)
        break
    except ConnectionRefusedError:
        if time.monotonic() > end: raise
        time.sleep(0.1)
end, data = time.monotonic() + float(sys.argv[2]), bytes(1 << 20)
while time.monotonic() < end:
    connection.sendall(data)
`;

/**
 * The throughput between two slices of a cluster, with one TCP connection between their own addresses.
 * @returns megabytes (10^6) per second
 */
export async function throughput(cluster: string, from: Host, to: Host, seconds = 3): Promise<number> {
  const address = `198.18.0.${1 + to.number}`;
  const received = inSlice(cluster, to, receiver, address);
  await inSlice(cluster, from, sender, address, `${seconds}`);
  return Number(await received) / 1e6;
}

function inSlice(cluster: string, host: Host, program: string, ...args: string[]): Promise<string> {
  return runInSlice(cluster, host, ['python3', '-c', program, ...args]);
}

/** Runs a command in the slice of a host; resolves to its output. */
export async function runInSlice(cluster: string, { unix, number }: Host, argv: readonly string[]): Promise<string> {
  const engine = await createEngineProvider({ env: {}, home: '/nonexistent', uid: 0 }, unix).engine();
  const { status, stdout, stderr } = await capture(engine, containerName(cluster, number), { argv });
  if (status !== 0) throw new Error(`in slice ${number}: ${stderr}`);
  return stdout;
}

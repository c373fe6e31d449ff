import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startBox } from '../support/box.ts';
import { capture } from '../support/capture.ts';
import { dockerAvailable } from '../support/docker-available.ts';
import { listenersOf } from '../support/slice-listeners.ts';
import { python } from '../support/slice-python.ts';
import { startSlice, type Slice } from '../support/slice.ts';
import { sliceTest } from '../support/slice-test.ts';

const open = (address: string) => `
import socket
def ask(line, address='${address}', more=b''):
    with socket.create_connection((address, 5079), timeout=5) as connection:
        connection.sendall(line.encode() + b'\\r\\n\\r\\n' + more)
        return connection.makefile('rb').read(100).split(b'\\r\\n\\r\\n')
`;

describe.skipIf(!dockerAvailable)('the network of a slice', () => {
  let slice: Slice;
  let address: string;
  beforeAll(async () => {
    slice = await startSlice({ nodes: 2, settings: { memory: 640 * 2 ** 20 } });
    address = Object.values((await slice.engine.inspectContainer(slice.container))?.addresses ?? {})[0] ?? '';
  });
  afterAll(() => slice[Symbol.asyncDispose]());

  const ask = async (line: string) => {
    const code = `${open(address)}\nprint(ask(${JSON.stringify(line)})[0].decode())`;
    return (await python(slice, code)).trim();
  };

  it('leads to every node', async () => {
    const code = `${open(address)}
import socket
for node in (1, 2):
    with socket.create_connection(('${address}', 5079), timeout=5) as connection:
        connection.sendall(f'CONNECT 198.18.1.{node}:22 HTTP/1.0\\r\\n\\r\\n'.encode())
        read = connection.makefile('rb')
        print(read.readline().strip(), read.readline().strip(), read.readline()[:8])`;
    const line = "b'HTTP/1.0 200 OK' b'' b'SSH-2.0-'\n";
    expect(await python(slice, code)).toBe(line + line);
  });

  it.each([
    ['CONNECT 198.18.1.1:9 HTTP/1.0', '502 Bad Gateway'],
    ['CONNECT 198.18.200.1:22 HTTP/1.0', '502 Bad Gateway'],
    ['CONNECT 127.0.0.1:22 HTTP/1.0', '403 Forbidden'],
    ['CONNECT 198.20.0.1:22 HTTP/1.0', '403 Forbidden'],
    ['CONNECT 198.18.1.1:0 HTTP/1.0', '403 Forbidden'],
    ['CONNECT 198.18.1.1:70000 HTTP/1.0', '403 Forbidden'],
    ['CONNECT 198.18.1.999:22 HTTP/1.0', '400 Bad Request'],
    ['CONNECT node1:22 HTTP/1.0', '400 Bad Request'],
    ['GET http://198.18.1.1/ HTTP/1.0', '400 Bad Request'],
  ])('answers "%s" with %s', async (line, answer) => {
    expect(await ask(line)).toBe(`HTTP/1.0 ${answer}`);
  });

  it('leads neither to the container’s own address nor to other hosts', async () => {
    expect(await ask(`CONNECT ${address}:22 HTTP/1.0`)).toBe('HTTP/1.0 403 Forbidden');
  });

  it('has the listeners that docs/security.md lists, and no others', async () => {
    const nodes = ['198.18.1.1', '198.18.1.2'].flatMap((node) => [
      `tcp ${node}:1811`,
      `tcp ${node}:1815`,
      `udp ${node}:1814`,
    ]);
    const everywhere = ['tcp 0.0.0.0:22', 'tcp [::]:22', 'tcp 0.0.0.0:5080'];
    expect(await listenersOf(slice)).toEqual([...nodes, ...everywhere, `tcp ${address}:5079`].toSorted());
  });

  it('answers another container of its network on the ports that docs/security.md lists, and on no others', async () => {
    const { engine, settings } = slice;
    const image = inject('images')['3.0']?.idle ?? '';
    await using other = await startBox(engine, { image, labels: sliceTest, network: settings.network });
    const { stdout, stderr } = await capture(engine, other.name, { argv: ['python3', '-c', tryPorts, address] });
    expect({ found: stdout && (JSON.parse(stdout) as unknown), stderr }).toEqual({
      found: { answering: [22, 5079, 5080], direct: false, byProxy: true },
      stderr: '',
    });
  });

  it('runs as an unprivileged user', async () => {
    const { stdout } = await slice.run([
      'sh',
      '-c',
      "grep -E '^(Uid|Groups|CapEff)' /proc/$(pgrep -u nobody -f connect_proxy)/status",
    ]);
    expect(stdout).toMatch(/^Uid:\t65534\t65534\t65534\t65534\nGroups:\t *\nCapEff:\t0+\n$/);
  });

  describe('with limits that the engine enforces', () => {
    const enforced = async (limit: 'processes' | 'memory') =>
      !(await slice.engine.describe()).unlimited.includes(limit);
    const sound = async () => ({
      startedAt: (await slice.engine.inspectContainer(slice.container))?.startedAt,
      healthy: (await slice.run(['vcluster-slice', 'healthy'])).stdout,
    });

    it('keeps a fork bomb inside, and is well afterwards', async ({ skip }) => {
      if (!(await enforced('processes'))) skip('the engine does not limit processes');
      const before = await sound();
      const { pidsLimit } = slice.settings;
      const forked = Number(await python(slice, forkBomb, `${2 * pidsLimit}`));
      expect(forked).toBeGreaterThan(pidsLimit / 2);
      expect(forked).toBeLessThan(pidsLimit);
      expect(await sound()).toEqual({ ...before, healthy: 'the cluster answers\n' });
    });

    it('ends a process that takes too much memory, and is well afterwards', async ({ skip }) => {
      if (!(await enforced('memory'))) skip('the engine does not limit memory');
      const before = await sound();
      const hog = `data = bytearray()\nfor _ in range(64): data += bytes(b"x" * 2**24)`;
      expect(await slice.run(['python3', '-c', hog])).toEqual({ status: 137, stdout: '', stderr: '' });
      expect(await sound()).toEqual({ ...before, healthy: 'the cluster answers\n' });
    });
  });
});

/**
 * Which ports of the slice answer, and whether a node's daemon does at its own address (the certificate tells: networks
 * can have machines that answer at any address), and by the proxy.
 */
const tryPorts = `
import json, socket, ssl, sys
slice = sys.argv[1]
context = ssl._create_unverified_context()
def connect(address, port):
    return socket.create_connection((address, port), timeout=5)
def answers(port):
    try:
        connect(slice, port).close()
        return True
    except ConnectionRefusedError:
        return False
def certificate(connection):
    with context.wrap_socket(connection) as channel:
        return channel.getpeercert(True)
with connect(slice, 5079) as connection:
    connection.sendall(b"CONNECT 198.18.1.1:1811 HTTP/1.0\\r\\n\\r\\n")
    while not connection.recv(100).endswith(b"\\r\\n\\r\\n"):
        pass
    own = certificate(connection)
try:
    direct = certificate(connect("198.18.1.1", 1811)) == own
except OSError:
    direct = False
ports = [22, 80, *range(1811, 1817), *range(5079, 5083)]
print(json.dumps({"answering": [port for port in ports if answers(port)], "direct": direct, "byProxy": own is not None}))
`;

/** Prints how many processes it could start; no more than that on stdin. */
const forkBomb = `
import os, signal, sys
children = []
try:
    for _ in range(int(sys.stdin.read())):
        child = os.fork()
        if child == 0:
            signal.pause()
        children.append(child)
except BlockingIOError:
    pass
finally:
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
print(len(children))
`;

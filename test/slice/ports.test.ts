import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { startSlice, type Slice } from '../support/slice.ts';

const open = (address: string) => `
import socket
def ask(line, address='${address}', more=b''):
    with socket.create_connection((address, 5079), timeout=5) as connection:
        connection.sendall(line.encode() + b'\\r\\n\\r\\n' + more)
        return connection.makefile('rb').read(100).split(b'\\r\\n\\r\\n')
`;

describe.skipIf(!dockerAvailable)('the proxy for the nodes’ ports', () => {
  let slice: Slice;
  let address: string;
  beforeAll(async () => {
    slice = await startSlice({ nodes: 2 });
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

  it('listens on the engine’s address, and uses no port of a node', async () => {
    const { stdout } = await slice.run(['ss', '-Hltn', 'sport = :5079']);
    expect(stdout.trim().split(/\s+/)[3]).toBe(`${address}:5079`);
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  it('runs as an unprivileged user', async () => {
    const { stdout } = await slice.run([
      'sh',
      '-c',
      "grep -E '^(Uid|Groups|CapEff)' /proc/$(pgrep -u nobody -f connect_proxy)/status",
    ]);
    expect(stdout).toMatch(/^Uid:\t65534\t65534\t65534\t65534\nGroups:\t *\nCapEff:\t0+\n$/);
  });
});

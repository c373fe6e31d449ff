"""An HTTP proxy that knows CONNECT (RFC 9110) and nothing else: the way in to the nodes' addresses, which live in this
container only.  The relay containers of published ports come by it; see `ports`.

It leads to addresses of the cluster's subnet and nowhere else, and takes them as numbers: no name is looked up.
"""

import asyncio
import ipaddress
import re
import socket
import sys

#: seconds that a client has for its request, and a node for its answer to the connection
PATIENCE = 10
CHUNK = 2**16


class Refused(Exception):
    """The request gets this status, and the connection ends."""


def main(arguments: list[str]) -> None:
    """`SUBNET DESCRIPTOR...`: the descriptors are of sockets that listen already."""
    subnet = ipaddress.IPv4Network(arguments[0])
    listeners = [socket.socket(fileno=int(descriptor)) for descriptor in arguments[1:]]
    asyncio.run(_serve(subnet, listeners))


async def _serve(subnet: ipaddress.IPv4Network, listeners: list[socket.socket]) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _handle(reader, writer, subnet)

    servers = [await asyncio.start_server(handle, sock=listener) for listener in listeners]
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def _handle(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subnet: ipaddress.IPv4Network
) -> None:
    try:
        await _tunnel(reader, writer, subnet)
    except Refused as refused:
        writer.write(f"HTTP/1.0 {refused}\r\n\r\n".encode())
    except OSError:
        pass  # One side has broken off: there is nobody to tell.
    finally:
        writer.close()


async def _tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subnet: ipaddress.IPv4Network
) -> None:
    address, port = target(await _request(reader), subnet)
    try:
        async with asyncio.timeout(PATIENCE):
            far_reader, far_writer = await asyncio.open_connection(address, port)
    except OSError as error:  # TimeoutError is one
        raise Refused("502 Bad Gateway") from error
    try:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n")
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
    finally:
        far_writer.close()


async def _request(reader: asyncio.StreamReader) -> str:
    """The request's first line."""
    try:
        async with asyncio.timeout(PATIENCE):
            head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError) as error:
        raise Refused("400 Bad Request") from error
    return head.split(b"\r\n", 1)[0].decode("ascii", errors="replace")


def target(request: str, subnet: ipaddress.IPv4Network) -> tuple[str, int]:
    """
    :raises Refused: when it is no CONNECT, or leads elsewhere
    """
    found = re.fullmatch(r"CONNECT ([0-9.]{7,15}):([0-9]{1,5}) HTTP/1\.[01]", request)
    if found is None:
        raise Refused("400 Bad Request")
    try:
        address = ipaddress.IPv4Address(found[1])
    except ValueError as error:
        raise Refused("400 Bad Request") from error
    port = int(found[2])
    if address not in subnet or not 1 <= port <= 65535:
        raise Refused("403 Forbidden")
    return str(address), port


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the one side has no more to send; then the other is told so, and may go on by itself."""
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


if __name__ == "__main__":
    main(sys.argv[1:])

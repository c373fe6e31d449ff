"""An HTTP proxy that knows CONNECT (RFC 9110) and nothing else: the way in to the nodes' addresses, which live in this
container only.  The relay containers of published ports come by it; see `ports`.

It leads to addresses of the cluster's subnet and nowhere else, and takes them as numbers: no name is looked up.  At some
ports it asks nothing and leads to one place.
"""

import asyncio
import ipaddress
import re
import socket
import sys
from collections.abc import Awaitable, Callable

#: seconds that a client has for its request, and a node for its answer to the connection
PATIENCE = 10
CHUNK = 2**16
#: seconds after which a silent side is asked whether it is there, between two questions, and how many
KEEPALIVE = {socket.TCP_KEEPIDLE: 15, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3}


class Refused(Exception):
    """The request gets this status, and the connection ends."""


def main(arguments: list[str]) -> None:
    """`SUBNET DESCRIPTOR[=ADDRESS:PORT]...`: the descriptors are of sockets that listen already; who connects to one with an
    address is led there."""
    subnet = ipaddress.IPv4Network(arguments[0])
    asyncio.run(_serve(subnet, arguments[1:]))


async def _serve(subnet: ipaddress.IPv4Network, doors: list[str]) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _handle(reader, writer, subnet)

    def lead(place: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        address, _, port = place.partition(":")
        return lambda reader, writer: _lead(reader, writer, address, int(port))

    servers = []
    for door in doors:
        descriptor, _, place = door.partition("=")
        listener = socket.socket(fileno=int(descriptor))
        servers.append(await asyncio.start_server(lead(place) if place else handle, sock=listener))
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


async def _lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, port: int) -> None:
    try:
        far_reader, far_writer = await _connect(address, port)
        await _join(reader, writer, far_reader, far_writer)
    except OSError:
        pass
    finally:
        writer.close()


async def _tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subnet: ipaddress.IPv4Network
) -> None:
    address, port = target(await _request(reader), subnet)
    try:
        far_reader, far_writer = await _connect(address, port)
    except OSError as error:  # TimeoutError is one
        raise Refused("502 Bad Gateway") from error
    writer.write(b"HTTP/1.0 200 OK\r\n\r\n")
    await _join(reader, writer, far_reader, far_writer)


async def _connect(address: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(address, port)
    # It may be in another slice, whose machine loses its power without a word.
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEPALIVE.items():
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
    return reader, writer


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    far_reader: asyncio.StreamReader,
    far_writer: asyncio.StreamWriter,
) -> None:
    try:
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

"""An HTTP proxy that supports only CONNECT (RFC 9110).  Relay containers of published ports use it to reach the nodes'
addresses, which exist only in this container; see `proxy`.

It connects to addresses of the cluster's subnet only, given as numbers: it resolves no names.  A listener can also have
a fixed target, and then expects no request.

It is used instead of tinyproxy, because it is small, and allows nothing else.
"""

import asyncio
import ipaddress
import re
import socket
import sys
from collections.abc import Awaitable, Callable

#: for a client to send its request, and for a node to accept the connection
TIMEOUT_SECONDS = 10
CHUNK = 2**16
#: seconds of silence before the first probe, seconds between probes, and their number
KEEPALIVE = {socket.TCP_KEEPIDLE: 15, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3}


class Refused(Exception):
    """The client gets this status, and the connection is closed."""


def main(arguments: list[str]) -> None:
    """`SUBNET DESCRIPTOR[=ADDRESS:PORT]...`: descriptors of listening sockets, some with a fixed target."""
    subnet = ipaddress.IPv4Network(arguments[0])
    asyncio.run(_serve(subnet, arguments[1:]))


async def _serve(subnet: ipaddress.IPv4Network, specs: list[str]) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _handle(reader, writer, subnet)

    def connect_to(fixed: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        address, _, port = fixed.partition(":")
        return lambda reader, writer: _handle_fixed(reader, writer, address, int(port))

    servers = []
    for spec in specs:
        descriptor, _, fixed = spec.partition("=")
        listener = socket.socket(fileno=int(descriptor))
        servers.append(await asyncio.start_server(connect_to(fixed) if fixed else handle, sock=listener))
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def _handle(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subnet: ipaddress.IPv4Network
) -> None:
    try:
        await _tunnel(reader, writer, subnet)
    except Refused as refused:
        writer.write(f"HTTP/1.0 {refused}\r\n\r\n".encode())
    except OSError:
        pass  # One side has closed the connection.
    finally:
        writer.close()


async def _handle_fixed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, port: int) -> None:
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
    async with asyncio.timeout(TIMEOUT_SECONDS):
        reader, writer = await asyncio.open_connection(address, port)
    # The node can be in another slice, whose host can lose its power without closing connections.
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
        async with asyncio.timeout(TIMEOUT_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError) as error:
        raise Refused("400 Bad Request") from error
    return head.split(b"\r\n", 1)[0].decode("ascii", errors="replace")


def target(request: str, subnet: ipaddress.IPv4Network) -> tuple[str, int]:
    """
    :raises Refused: when it is not CONNECT, or its address is outside the subnet
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
    """Copies until end of file, and passes that on.  The other direction can go on."""
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


if __name__ == "__main__":
    main(sys.argv[1:])

"""Whether TCP with full-size segments reaches another slice.  That it answers ping does not show it: wrong checksums, which
NAT and network cards may cause, break TCP alone.

Each slice listens, and takes what comes without reading it: the kernel confirms what has arrived whole, and nothing of ours
ever sees a byte.
"""

import fcntl
import socket
import struct
import termios
import time
from typing import Self

from ..plan.model import Plan, Slice

PORT = 5082
IP_FREEBIND = 15
SEGMENTS = 20


class Sink:
    """Where the other slices' segments arrive, as long as this slice lives."""

    def __init__(self, plan: Plan) -> None:
        self._listener: socket.socket | None = None
        if plan.overlay is not None:
            self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # The address is there a little later only.
            self._listener.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
            self._listener.bind((plan.own_slice.address, PORT))
            self._listener.listen(1024)
            self._listener.setblocking(False)

    def empty(self) -> None:
        """Lets go of connections that have served, so that there is room for others."""
        while self._listener is not None:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.close()


class NotThere(Exception):
    """Nobody listens there yet."""


def fault(own: Slice, peer: Slice, seconds: float) -> str | None:
    """
    :param seconds: for each of the two parts
    :returns: None: full-size segments arrive; `connect`: no connection comes about; `segments`: large ones are lost
    :raises NotThere: when that slice does not listen
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        # It ends at once, and leaves nothing behind on either side.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.bind((own.address, 0))
        connection.settimeout(seconds)
        try:
            connection.connect((peer.address, PORT))
        except ConnectionRefusedError as error:
            raise NotThere from error
        except OSError:
            return "connect"
        try:
            return _send(connection, time.monotonic() + seconds)
        except OSError:
            return "segments"


def _send(connection: socket.socket, deadline: float) -> str | None:
    size = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
    connection.sendall(bytes(SEGMENTS * size))
    while time.monotonic() < deadline:
        unconfirmed = fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4))
        if unconfirmed == bytes(4):
            return None
        time.sleep(0.01)
    return "segments"

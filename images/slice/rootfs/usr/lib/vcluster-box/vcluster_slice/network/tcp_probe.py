"""Tests whether TCP with full-size segments reaches another slice.  An answer to ping does not prove it: wrong
checksums, which NAT and network cards can cause, break only TCP.

Each slice listens and accepts data without reading it: the kernel acknowledges what has arrived whole.
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


class TcpProbeListener:
    """Accepts the other slices' probes, as long as this slice runs."""

    def __init__(self, plan: Plan) -> None:
        self._listener: socket.socket | None = None
        if plan.overlay is not None:
            self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # The address is added only later.
            self._listener.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
            self._listener.bind((plan.own_slice.address, PORT))
            self._listener.listen(1024)
            self._listener.setblocking(False)

    def close_accepted(self) -> None:
        """Closes finished connections, so that the queue has room for others."""
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


class NotListening(Exception):
    """The other slice does not listen (yet)."""


def probe(own: Slice, peer: Slice, seconds: float) -> str | None:
    """
    :param seconds: for each of the two parts
    :returns: None: full-size segments arrive; `connect`: no connection is possible; `segments`: large segments are lost
    :raises NotListening: when the connection is refused
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        # It closes at once, without TIME_WAIT on either side.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.bind((own.address, 0))
        connection.settimeout(seconds)
        try:
            connection.connect((peer.address, PORT))
        except ConnectionRefusedError as error:
            raise NotListening from error
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
        unacknowledged = fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4))
        if unacknowledged == bytes(4):
            return None
        time.sleep(0.01)
    return "segments"

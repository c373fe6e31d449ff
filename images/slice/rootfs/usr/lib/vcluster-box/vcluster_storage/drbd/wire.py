"""Messages between two slices: an object as JSON, and data.  Nobody waits for the other one for long."""

import json
import socket
import struct
import time
from typing import Any

Message = dict[str, Any]

#: seconds without any data after which the other one counts as gone, as DRBD's own `timeout`
SILENT_SECONDS = 6.0
#: seconds for one message
WHOLE_SECONDS = 60.0
#: seconds for an answer, if the other slice says that it is at work
LONGEST_SECONDS = 180.0
#: bytes
MOST = 64 * 2**20
_HEAD = struct.Struct("!II")


class Gone(Exception):
    """The other slice does not answer, or not in time."""

    def __init__(self, slice_number: int, reason: str) -> None:
        super().__init__(reason)
        self.slice = slice_number


class Refused(Gone):
    """The other slice answers, but cannot do what was asked."""


class Wire:
    def __init__(self, connection: socket.socket, slice_number: int = 0) -> None:
        self._connection, self.slice = connection, slice_number
        self._pinged = 0.0

    def send(self, message: Message, data: bytes = b"") -> None:
        text = json.dumps(message).encode("ascii")
        self._connection.settimeout(WHOLE_SECONDS)
        try:
            self._connection.sendall(_HEAD.pack(len(text), len(data)) + text + data)
        except OSError as error:
            raise Gone(self.slice, str(error)) from error

    def receive(self, seconds: float | None = None) -> tuple[Message, bytes]:
        """
        :param seconds: how long to wait for the first data
        """
        end = time.monotonic() + WHOLE_SECONDS
        lengths = _HEAD.unpack(self._read(_HEAD.size, end, SILENT_SECONDS if seconds is None else seconds))
        if max(lengths) > MOST:
            raise Gone(self.slice, "a message is too long")
        text, data = (self._read(length, end, SILENT_SECONDS) for length in lengths)
        try:
            message = json.loads(text)
        except ValueError as error:
            raise Gone(self.slice, "a message cannot be read") from error
        if not isinstance(message, dict):
            raise Gone(self.slice, "a message cannot be read")
        return message, data

    def call(self, message: Message, data: bytes = b"") -> tuple[Message, bytes]:
        """Waits for the answer while the other slice says that it is at work, but not forever."""
        self.send(message, data)
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end:
            answer, found = self.receive()
            if "error" in answer:
                raise Refused(self.slice, str(answer["error"]))
            if "wait" not in answer:
                return answer, found
        raise Gone(self.slice, "it does not finish")

    def ping(self) -> None:
        """Keeps the other slice from giving up, at most once a second."""
        if time.monotonic() > self._pinged + 1:
            self.call({"op": "ping"})
            self._pinged = time.monotonic()

    def close(self) -> None:
        self._connection.close()

    def _read(self, length: int, end: float, seconds: float) -> bytes:
        parts, left = [], length
        while left:
            remaining = end - time.monotonic()
            try:
                self._connection.settimeout(max(0.01, min(seconds, remaining)))
                part = self._connection.recv(min(left, 2**20))
            except OSError as error:
                raise Gone(self.slice, str(error)) from error
            if not part or remaining <= 0:
                raise Gone(self.slice, "the connection has ended")
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

"""Ping with packets of any size that are never fragmented, and the ICMP errors that come back.

It is written here because fping and iputils-ping only tell whether an answer came.  This also tells why none came: ICMP
errors about the VXLAN packets that carry the ping, which go to another address (`refusal`), and whether anything at all
comes from the other slice (`heard`).  The messages in `faults` depend on both.
"""

import os
import select
import socket
import struct
import time
from typing import Self

from ..plan.model import Slice

ECHO_REPLY, UNREACHABLE, ECHO_REQUEST = 0, 3, 8
HEADERS = 28
IP_MTU_DISCOVER, IP_PMTUDISC_PROBE = 10, 3
SOL_RAW, ICMP_FILTER = 255, 1


class Ping:
    """Packets to one other slice, and from it."""

    def __init__(self, own: Slice, peer: Slice) -> None:
        self._id = int.from_bytes(os.urandom(2), "big")
        self._sequence = 0
        self._peer = peer
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        # Ignores the path MTU that the kernel has learnt: this finds it out by trying.
        self._socket.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
        self._socket.bind((own.address, 0))
        self._socket.connect((peer.address, 0))
        # Errors about the packets that carry ours come to another address.
        self._refusals = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self._refusals.setsockopt(SOL_RAW, ICMP_FILTER, struct.pack("I", ~(1 << UNREACHABLE) & 0xFFFFFFFF))
        #: whether anything has come from that slice
        self.heard = False
        #: ICMP code of the last "unreachable" for a packet to that slice
        self.refusal: int | None = None

    def send(self, size: int, seconds: float) -> float | None:
        """
        :param size: of the IP packet, in bytes
        :returns: round-trip time in seconds; None: no answer
        """
        self._sequence = (self._sequence + 1) % 2**16
        payload = os.urandom(size - HEADERS)
        head = struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, self._id, self._sequence)
        packet = struct.pack("!BBHHH", ECHO_REQUEST, 0, _checksum(head + payload), self._id, self._sequence) + payload
        started = time.monotonic()
        try:
            self._socket.send(packet)
        except OSError:
            # It is too large for the device, or the one before was refused: no answer can come.
            return None
        return self._await(started, seconds)

    def _await(self, started: float, seconds: float) -> float | None:
        while (left := started + seconds - time.monotonic()) > 0:
            ready, _, _ = select.select([self._socket, self._refusals], [], [], left)
            if self._refusals in ready:
                self._note_refusal(self._refusals.recv(2048))
            if self._socket in ready and self._is_answer():
                return time.monotonic() - started
        return None

    def _is_answer(self) -> bool:
        try:
            packet = self._socket.recv(2**16)
        except OSError:
            return False  # an ICMP error: no host has that address
        self.heard = True
        kind, _, _, number, sequence = struct.unpack_from("!BBHHH", packet, (packet[0] & 15) * 4)
        return (kind, number, sequence) == (ECHO_REPLY, self._id, self._sequence)

    def _note_refusal(self, packet: bytes) -> None:
        """An ICMP error quotes the packet that it is about: one of UDP to that slice's port?"""
        underlay = self._peer.underlay
        icmp = packet[(packet[0] & 15) * 4 :]
        quoted = icmp[8:]
        if underlay is None or len(quoted) < 28 or quoted[9] != socket.IPPROTO_UDP:
            return
        (port,) = struct.unpack_from("!H", quoted, (quoted[0] & 15) * 4 + 2)
        if port == underlay.port and socket.inet_ntoa(quoted[16:20]) == underlay.address:
            self.refusal = icmp[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._refusals.close()


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total

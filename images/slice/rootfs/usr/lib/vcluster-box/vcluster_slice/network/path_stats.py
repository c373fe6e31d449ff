"""The path to another slice: the largest packet that arrives whole, found by trying, and the round-trip time."""

import json
from dataclasses import dataclass
from pathlib import Path

from .. import files, paths
from ..commands import run
from ..plan.model import Plan, Slice
from . import vxlan
from .ping import Ping

#: Bytes that every network on the path must carry.  Those of IPv4 do.
MIN_MTU = 576
TRIES = 3

#: numbers of the slices to which the path was measured, since the container started
measured: set[int] = set()


@dataclass(frozen=True)
class PathStats:
    peer: Slice
    #: bytes
    mtu: int
    #: seconds
    rtt: float

    def facts(self) -> dict[str, object]:
        return {"slice": self.peer.number, "mtu": self.mtu, "rttMs": round(self.rtt * 1000, 2)}

    def __str__(self) -> str:
        return f"slice {self.peer.number}: {self.mtu} bytes, {self.rtt * 1000:.2f} ms"


def record(mtu: int, stats: list[PathStats], gone: Slice | None = None) -> None:
    """Writes them to `paths.OVERLAY`, for `up`; what was written of other paths stays.

    :param mtu: of the device
    :param gone: a slice that does not belong to the cluster any more
    """
    before = json.loads(paths.OVERLAY.read_text())["peers"] if paths.OVERLAY.exists() else []
    known = {facts["slice"]: facts for facts in [*before, *(path.facts() for path in stats)]}
    if gone is not None:
        known.pop(gone.number, None)
    content = json.dumps({"mtu": mtu, "peers": [known[number] for number in sorted(known)]})
    files.write_as(paths.OVERLAY, content, user="root", group="root", mode=0o644)


def max_mtu(plan: Plan, peer: Slice) -> int:
    """The most that the device towards the peer can carry."""
    if peer.underlay is None:
        return device_mtu(plan.network.device)
    address = vxlan.destination(plan, peer)
    if address is None:
        return MIN_MTU
    (route,) = json.loads(run(["ip", "-json", "route", "get", address]))
    return device_mtu(route["dev"]) - vxlan.HEADERS


def largest_packet(ping: Ping, most: int, rtt: float) -> int | None:
    """
    :param most: bytes; larger packets are not tried
    :param rtt: seconds that a small packet takes
    :returns: bytes; None: not even `MIN_MTU` arrives
    """
    seconds = max(0.15, 4 * rtt)

    def arrives(size: int) -> bool:
        return any(ping.send(size, seconds) is not None for _ in range(TRIES))

    if arrives(most):
        return most
    low, high = MIN_MTU, most
    if not arrives(low):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if arrives(middle) else (low, middle)
    return low


def set_mtu(plan: Plan, mtu: int) -> None:
    if device_mtu(plan.network.device) != mtu:
        run(["ip", "link", "set", plan.network.device, "mtu", str(mtu)])


def raise_mtu(plan: Plan, mtu: int) -> None:
    if device_mtu(plan.network.device) < mtu:
        set_mtu(plan, mtu)


def device_mtu(device: str) -> int:
    return int(Path(f"/sys/class/net/{device}/mtu").read_text())

"""The VXLAN device that connects the slices where the engines' networks do not.

Its forwarding table is static.  It cannot be learnt: behind an engine's NAT, packets do not come from where answers
must go.  Each slice's MAC address follows from its number, so slices need not exchange any.
"""

import array
import fcntl
import json
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .. import paths
from ..commands import run
from ..failure import StepFailed
from ..plan.model import Plan, Slice

#: bytes of a packet that VXLAN uses: IPv4 20, UDP 8, VXLAN 8, Ethernet 14
HEADERS = 50
#: for broadcasts, and for all addresses that are not in the table
BROADCAST = "00:00:00:00:00:00"
SIOCETHTOOL, ETHTOOL_STXCSUM = 0x8946, 0x17
_LOCK = threading.Lock()


def create(plan: Plan) -> None:
    """Creates the device, unless it exists.

    `noudpcsum`, and no checksum offload inside: otherwise NAT on the path breaks every TCP packet, while ping works.
    `df inherit`: packets that must not be fragmented inside are not fragmented outside, so TCP notices those that are
    too large.
    """
    own = plan.own_slice
    if plan.overlay is None or own.underlay is None or _exists(plan.network.device):
        return
    try:
        run(
            ["ip", "link", "add", plan.network.device, "address", mac(plan, own), "type", "vxlan", "id", str(plan.overlay.vni),
             "dstport", str(own.underlay.port), "nolearning", "noudpcsum", "df", "inherit"]
        )  # fmt: skip
        _disable_offload(plan.network.device)
        run(["ip", "link", "set", plan.network.device, "up"])
    except (StepFailed, OSError) as error:
        raise StepFailed(
            f"the VXLAN device {plan.network.device} (UDP port {own.underlay.port}) cannot be created",
            output=error.output if isinstance(error, StepFailed) else str(error),
            hint="the kernel of the engine's host must support it (`modprobe vxlan` there); a network that is already flat,"
            " such as macvlan, needs no VXLAN",
        ) from error


def mac(plan: Plan, of: Slice) -> str:
    vni = plan.overlay.vni if plan.overlay else 0
    return f"02:76:63:{vni >> 8 & 255:02x}:{vni & 255:02x}:{of.number & 255:02x}"


def set_destinations(plan: Plan, addresses: Mapping[Slice, str]) -> None:
    """Sends packets for these slices to these addresses (IPv4); those of other slices do not change."""
    with _locked():
        shown = _table(plan.network.device)
        for peer, address in addresses.items():
            if peer.underlay and shown.get(mac(plan, peer)) != [(address, _port(plan, peer))]:
                _bridge("replace", plan, mac(plan, peer), address, _port(plan, peer))
        _set_broadcast(plan)


def remove_destination(plan: Plan, peer: Slice) -> None:
    """Sends no more packets to that slice."""
    with _locked():
        for address, port in _table(plan.network.device).get(mac(plan, peer), []):
            _bridge("del", plan, mac(plan, peer), address, port)
        _set_broadcast(plan)


@contextmanager
def static_neighbour(plan: Plan, peer: Slice) -> Iterator[None]:
    """Meanwhile, the other slice's MAC address is set without ARP.  If ARP's answer were lost, nothing could be sent in
    this direction because of a fault in the other one."""
    if peer.underlay is None:
        yield
        return
    neighbour = ["ip", "neighbour", "replace", peer.address, "lladdr", mac(plan, peer), "dev", plan.network.device, "nud"]
    run([*neighbour, "permanent"])
    try:
        yield
    finally:
        run([*neighbour, "stale"])


def destination(plan: Plan, peer: Slice) -> str | None:
    """The address to which packets for that slice go."""
    destinations = _table(plan.network.device).get(mac(plan, peer))
    return destinations[0][0] if destinations else None


@contextmanager
def _locked() -> Iterator[None]:
    """Against other threads and other processes of this slice: `verify-peer` can run at the same time as
    `peer_watch`."""
    with _LOCK, open(paths.RUN / "vxlan.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _set_broadcast(plan: Plan) -> None:
    """Sends broadcasts to all slices."""
    now = _table(plan.network.device)
    wanted = {destination for key, each in now.items() if key != BROADCAST for destination in each}
    present = set(now.get(BROADCAST, ()))
    for destination in wanted - present:
        _bridge("append", plan, BROADCAST, *destination)
    for destination in present - wanted:
        _bridge("del", plan, BROADCAST, *destination)


def _table(device: str) -> dict[str, list[tuple[str, int]]]:
    """By MAC address; port 0 is the device's own."""
    table: dict[str, list[tuple[str, int]]] = {}
    for entry in json.loads(run(["bridge", "-json", "fdb", "show", "dev", device]) or "[]"):
        if "dst" in entry:
            table.setdefault(entry["mac"], []).append((entry["dst"], entry.get("port", 0)))
    return table


def _port(plan: Plan, peer: Slice) -> int:
    """As the table shows it."""
    own = plan.own_slice
    assert peer.underlay is not None and own.underlay is not None
    return 0 if peer.underlay.port == own.underlay.port else peer.underlay.port


def _bridge(action: str, plan: Plan, key: str, address: str, port: int) -> None:
    to_port = ["port", str(port)] if port else []
    run(["bridge", "fdb", action, key, "dev", plan.network.device, "dst", address, *to_port])


def _disable_offload(device: str) -> None:
    """`ethtool -K DEVICE tx off`: one ioctl is not worth a package in the image and a process at each boot."""
    value = array.array("B", struct.pack("II", ETHTOOL_STXCSUM, 0))
    request = struct.pack("16sP", device.encode(), value.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCETHTOOL, request)


def _exists(device: str) -> bool:
    return Path(f"/sys/class/net/{device}").exists()

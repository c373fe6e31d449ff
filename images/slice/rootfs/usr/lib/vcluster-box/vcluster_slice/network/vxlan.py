"""The device by which several slices are one flat network where none carries them: VXLAN over UDP, with a forwarding table
that is written and never learnt, since the senders of packets are other than they seem behind an engine's NAT.

Each slice's MAC address follows from its number, so slices need to tell one another nothing.
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

#: what VXLAN takes of a packet: IPv4 20, UDP 8, VXLAN 8, Ethernet 14
HEADERS = 50
#: stands for all addresses that are not in the table, and for broadcasts
EVERYBODY = "00:00:00:00:00:00"
SIOCETHTOOL, ETHTOOL_STXCSUM = 0x8946, 0x17
_ONE_AT_A_TIME = threading.Lock()


def make(plan: Plan) -> None:
    """Makes the device, if it is not there yet.

    `noudpcsum`, and no checksum offload inside: with them, NAT on the way breaks every TCP packet, while ping works.  `df
    inherit`: packets that may not be fragmented inside are not outside, so that TCP notices what does not fit.
    """
    own = plan.own_slice
    if plan.overlay is None or own.underlay is None or _is_there(plan.device):
        return
    try:
        run(
            ["ip", "link", "add", plan.device, "address", mac(plan, own), "type", "vxlan", "id", str(plan.overlay.vni),
             "dstport", str(own.underlay.port), "nolearning", "noudpcsum", "df", "inherit"]
        )  # fmt: skip
        _offload_nothing(plan.device)
        run(["ip", "link", "set", plan.device, "up"])
    except (StepFailed, OSError) as error:
        raise StepFailed(
            f"the VXLAN device {plan.device} (UDP port {own.underlay.port}) cannot be made",
            output=error.output if isinstance(error, StepFailed) else str(error),
            hint="the kernel of the engine's machine must have it (`modprobe vxlan` there); a network that is flat already,"
            " such as one of macvlan, needs none",
        ) from error


def mac(plan: Plan, of: Slice) -> str:
    vni = plan.overlay.vni if plan.overlay else 0
    return f"02:76:63:{vni >> 8 & 255:02x}:{vni & 255:02x}:{of.number & 255:02x}"


def lead_to(plan: Plan, addresses: Mapping[Slice, str]) -> None:
    """Packets for these slices go to these addresses (IPv4) from now on; the others' stay where they are."""
    with _one_at_a_time():
        shown = _table(plan.device)
        for peer, address in addresses.items():
            if peer.underlay and shown.get(mac(plan, peer)) != [(address, _port(plan, peer))]:
                _bridge("replace", plan, mac(plan, peer), address, _port(plan, peer))
        _lead_everybody(plan)


def forget(plan: Plan, peer: Slice) -> None:
    """No packets go to that slice any more."""
    with _one_at_a_time():
        for address, port in _table(plan.device).get(mac(plan, peer), []):
            _bridge("del", plan, mac(plan, peer), address, port)
        _lead_everybody(plan)


@contextmanager
def unasked(plan: Plan, peer: Slice) -> Iterator[None]:
    """Meanwhile, the other slice's hardware address need not be asked for: its answer could be what is lost, and then nothing
    would be sent in one direction because of the other."""
    if peer.underlay is None:
        yield
        return
    neighbour = ["ip", "neighbour", "replace", peer.address, "lladdr", mac(plan, peer), "dev", plan.device, "nud"]
    run([*neighbour, "permanent"])
    try:
        yield
    finally:
        run([*neighbour, "stale"])


def destination(plan: Plan, peer: Slice) -> str | None:
    """Where packets for that slice go now."""
    places = _table(plan.device).get(mac(plan, peer))
    return places[0][0] if places else None


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Of the threads here, and of this slice's processes: a slice may be looked for just when it is proved that it is there."""
    with _ONE_AT_A_TIME, open(paths.RUN / "vxlan.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lead_everybody(plan: Plan) -> None:
    """What is for all goes to all."""
    now = _table(plan.device)
    wanted = {place for key, places in now.items() if key != EVERYBODY for place in places}
    there = set(now.get(EVERYBODY, ()))
    for place in wanted - there:
        _bridge("append", plan, EVERYBODY, *place)
    for place in there - wanted:
        _bridge("del", plan, EVERYBODY, *place)


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
    run(["bridge", "fdb", action, key, "dev", plan.device, "dst", address, *to_port])


def _offload_nothing(device: str) -> None:
    """`ethtool -K DEVICE tx off`"""
    value = array.array("B", struct.pack("II", ETHTOOL_STXCSUM, 0))
    request = struct.pack("16sP", device.encode(), value.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCETHTOOL, request)


def _is_there(device: str) -> bool:
    return Path(f"/sys/class/net/{device}").exists()

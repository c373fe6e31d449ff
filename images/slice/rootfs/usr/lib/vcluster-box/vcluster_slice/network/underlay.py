"""The underlay: where VXLAN packets to the other slices go, by the address in the plan or by the engine's DNS."""

import ipaddress
import socket

from ..plan.model import Plan, Slice
from . import vxlan

#: number of a slice -> the address that its name had at the last lookup, in this process
_last: dict[int, str] = {}


def add_known(plan: Plan) -> None:
    """Adds the slices that have an address in the plan to the forwarding table."""
    known = {peer: peer.underlay.address for peer in plan.peers if peer.underlay and not is_named(peer)}
    if known:
        vxlan.set_destinations(plan, known)


def look_up(plan: Plan, peer: Slice) -> bool:
    """Looks up the address of a slice that has a name in the plan.  It changes when that slice's container restarts.

    :returns: whether the address is known
    """
    if not is_named(peer):
        return True
    address = _resolve(peer)
    if address is None:
        return False
    if _last.get(peer.number) != address:
        vxlan.set_destinations(plan, {peer: address})
        _last[peer.number] = address
    return True


def is_named(peer: Slice) -> bool:
    """Whether the plan has a name for it instead of an address."""
    if peer.underlay is None:
        return False
    try:
        ipaddress.IPv4Address(peer.underlay.address)
    except ValueError:
        return True
    return False


def _resolve(peer: Slice) -> str | None:
    assert peer.underlay is not None
    try:
        found = socket.getaddrinfo(peer.underlay.address, None, socket.AF_INET, socket.SOCK_DGRAM)
    except OSError:
        return None
    return str(found[0][4][0])

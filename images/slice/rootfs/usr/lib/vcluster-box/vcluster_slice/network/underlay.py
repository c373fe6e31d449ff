"""Where the other slices are: by the address that the plan has for each, or by what the engine's DNS says of its name."""

import ipaddress
import socket

from ..plan.model import Plan, Slice
from . import vxlan

#: by the number of the slice: where a name led when it was looked up last, in this process
_last: dict[int, str] = {}


def lead_to_known(plan: Plan) -> None:
    """To the slices whose addresses need no looking up."""
    known = {peer: peer.underlay.address for peer in plan.peers if peer.underlay and not is_named(peer)}
    if known:
        vxlan.lead_to(plan, known)


def look_up(plan: Plan, peer: Slice) -> bool:
    """Has packets go to where a named slice is now, which changes when its container is started anew.

    :returns: whether it is known where that is
    """
    if not is_named(peer):
        return True
    address = _resolve(peer)
    if address is None:
        return False
    if _last.get(peer.number) != address:
        vxlan.lead_to(plan, {peer: address})
        _last[peer.number] = address
    return True


def is_named(peer: Slice) -> bool:
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

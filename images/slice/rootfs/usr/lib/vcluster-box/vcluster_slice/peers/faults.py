"""Messages for faults between two slices: which pair, in which direction, at which port, and the likely cause."""

from dataclasses import dataclass

from ..plan.model import Slice
from .remote import named

#: ICMP codes of "destination unreachable"
PORT_UNREACHABLE = 3
PROHIBITED = (9, 10, 13)


@dataclass(frozen=True)
class Fault:
    message: str
    hint: str


def unknown_name(own: Slice, peer: Slice) -> Fault:
    name = peer.underlay.address if peer.underlay else peer.address
    return Fault(
        f"{named(own)} cannot resolve the name {name} of {named(peer)}",
        "its container does not run, or is not connected to the network that carries the overlay",
    )


def refused(own: Slice, peer: Slice, code: int) -> Fault:
    message = f"packets from {named(own)} to {named(peer)} are refused: "
    if code == PORT_UNREACHABLE:
        return Fault(
            f"{message}port unreachable at {_endpoint(peer)}",
            f"slice {peer.number} does not run or does not publish that port, or the address belongs to another machine"
            " (set it with advertise=ADDRESS)",
        )
    if code in PROHIBITED:
        return Fault(f"{message}a firewall rejects {_endpoint(peer)}", _open_port(own, peer))
    return Fault(
        f"{message}no route to {_endpoint(peer)}",
        "it must be an address by which the hosts reach each other (set it with advertise=ADDRESS)",
    )


def unanswered(own: Slice, peer: Slice) -> Fault:
    """Packets arrive from there."""
    return Fault(
        f"packets from {named(own)} to {named(peer)} are lost: no answer from {_endpoint(peer)}, while its own packets arrive",
        _open_port(own, peer),
    )


def silent(own: Slice, peer: Slice, seconds: float, *, runs: bool) -> Fault:
    """No packets arrive from there.

    :param runs: whether that slice is known to have started
    """
    lost = (
        f"packets from it to {_endpoint(own)} are lost: a firewall on slice {own.number}'s host, or between the two hosts,"
        " must allow them"
    )
    either = f"either slice {peer.number} does not run (see its own log), or {lost}"
    return Fault(
        f"nothing has come from {named(peer)} to {named(own)} in {seconds:.0f} s, and there is no answer from {_endpoint(peer)}",
        f"slice {peer.number} runs, so {lost}" if runs else either,
    )


def large_packets_lost(own: Slice, peer: Slice, least: int) -> Fault:
    return Fault(
        f"small packets arrive from {named(own)} at {named(peer)}, but packets of {least} bytes do not ({_endpoint(peer)})",
        "something on the path drops larger packets: the MTU of a tunnel or VPN between the hosts, or a firewall that drops"
        " fragments",
    )


def no_connection(own: Slice, peer: Slice) -> Fault:
    return Fault(
        f"{named(peer)} answers ping, but {named(own)} cannot open a TCP connection to it ({_endpoint(peer)})",
        "likely wrong checksums: NAT or a network card between the hosts changes them in encapsulated packets (try `ethtool"
        " -K DEVICE tx off` on both hosts); or a firewall that inspects VXLAN",
    )


def segments_lost(own: Slice, peer: Slice, mtu: int) -> Fault:
    return Fault(
        f"TCP connects from {named(own)} to {named(peer)}, but full-size segments ({mtu} bytes) are lost ({_endpoint(peer)})",
        "likely the MTU of something on the path, such as a tunnel or VPN, that drops large packets under load; or a firewall"
        " that drops fragments",
    )


def not_listening(own: Slice, peer: Slice) -> Fault:
    return Fault(
        f"{named(peer)} answers ping, but refuses the TCP connection from {named(own)}",
        f"slice {peer.number} has aborted its boot in the meantime: see its own log",
    )


def _endpoint(each: Slice) -> str:
    return f"UDP {each.underlay.address}:{each.underlay.port}" if each.underlay else each.address


def _open_port(own: Slice, peer: Slice) -> str:
    if peer.underlay is None:
        return "the network must carry packets between all its containers, also to addresses that it has not assigned"
    return (
        f"allow packets from slice {own.number}'s host to UDP port {peer.underlay.port} of slice {peer.number}'s host: a"
        f" firewall there, or between the two, drops them; or {peer.underlay.address} is not that host's address"
        " (set it with advertise=ADDRESS)"
    )

"""What is wrong between two slices, in words: which pair, in which direction, at which port, and what is likely the cause."""

from dataclasses import dataclass

from ..plan.model import Slice
from .remote import named

#: ICMP codes of "destination unreachable"
NOBODY_LISTENS = 3
FORBIDDEN = (9, 10, 13)


@dataclass(frozen=True)
class Fault:
    message: str
    hint: str


def unknown_name(own: Slice, peer: Slice) -> Fault:
    name = peer.underlay.address if peer.underlay else peer.address
    return Fault(
        f"{named(own)} does not find {named(peer)}: nobody knows the name {name}",
        "its container does not run, or is not on the network that carries the segment",
    )


def refused(own: Slice, peer: Slice, code: int) -> Fault:
    message = f"packets from {named(own)} to {named(peer)} are refused: "
    if code == NOBODY_LISTENS:
        return Fault(
            f"{message}nobody listens at {_place(peer)}",
            f"slice {peer.number} does not run or does not publish that port, or the address is another machine's"
            " (advertise=ADDRESS says which it is)",
        )
    if code in FORBIDDEN:
        return Fault(f"{message}a firewall forbids {_place(peer)}", _let_in(own, peer))
    return Fault(
        f"{message}there is no way to {_place(peer)}",
        "the address must be one by which the hosts reach each other (advertise=ADDRESS says which it is)",
    )


def unanswered(own: Slice, peer: Slice) -> Fault:
    """Although packets come from there."""
    return Fault(
        f"packets from {named(own)} to {named(peer)} are lost: nothing answers at {_place(peer)}, while its own arrive here",
        _let_in(own, peer),
    )


def silent(own: Slice, peer: Slice, seconds: float, *, runs: bool) -> Fault:
    """Nothing comes from there at all.

    :param runs: whether that slice is known to have come up
    """
    lost = (
        f"packets from it to {_place(own)} are lost: a firewall of slice {own.number}'s host, or between the two, must let them in"
    )
    return Fault(
        f"nothing has come from {named(peer)} to {named(own)} in {seconds:.0f} s, and nothing answers at {_place(peer)}",
        f"slice {peer.number} runs, so {lost}" if runs else f"either slice {peer.number} does not run (its own log tells), or {lost}",
    )


def nothing_large(own: Slice, peer: Slice, least: int) -> Fault:
    return Fault(
        f"small packets pass from {named(own)} to {named(peer)}, and those of {least} bytes do not ({_place(peer)})",
        "something on the way drops larger packets: the MTU of a tunnel or VPN between the hosts, or fragments that a"
        " firewall does not take",
    )


def no_connection(own: Slice, peer: Slice) -> Fault:
    return Fault(
        f"{named(peer)} answers ping, and no TCP connection from {named(own)} to it comes about ({_place(peer)})",
        "likely wrong checksums: NAT or a network card between the hosts writes them into packets inside packets (try `ethtool"
        " -K DEVICE tx off` on both hosts); or a firewall that looks into VXLAN",
    )


def no_segments(own: Slice, peer: Slice, mtu: int) -> Fault:
    return Fault(
        f"TCP connects from {named(own)} to {named(peer)}, but full-size segments ({mtu} bytes) are lost ({_place(peer)})",
        "likely the MTU of something on the way, such as a tunnel or VPN, that drops large packets under load; or a firewall"
        " that drops fragments",
    )


def not_there(own: Slice, peer: Slice) -> Fault:
    return Fault(
        f"{named(peer)} answers ping, and refuses the TCP connection of {named(own)}",
        f"slice {peer.number} has ended its boot meanwhile: its own log tells why",
    )


def _place(each: Slice) -> str:
    return f"UDP {each.underlay.address}:{each.underlay.port}" if each.underlay else each.address


def _let_in(own: Slice, peer: Slice) -> str:
    if peer.underlay is None:
        return "the network must carry packets between all containers on it, also to addresses that it has not given"
    return (
        f"let UDP port {peer.underlay.port} of slice {peer.number}'s host take packets from slice {own.number}'s host: a firewall"
        f" there, or between the two, drops them; or {peer.underlay.address} is not that host's address (advertise=ADDRESS)"
    )

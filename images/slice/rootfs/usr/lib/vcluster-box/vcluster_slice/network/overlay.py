"""The overlay: one flat network over all slices of a cluster, in which an address can move from slice to slice.  Ganeti
moves the cluster's address with the master, and announces it by ARP."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..commands import run
from ..plan.model import Plan
from . import underlay, vxlan

#: Milliseconds between ARP requests, of which there are three.  With Linux's default of one second, every connection to
#: a node that is down would wait three seconds.
ARP_RETRANSMIT_MS = 300


def device_commands(plan: Plan) -> list[str]:
    """Creates the device for the cluster's addresses, if it needs one.

    :returns: commands for `ip` that configure it
    """
    own = plan.own_slice
    if plan.overlay is None:
        return []
    if own.underlay is not None:
        vxlan.create(plan)
        underlay.add_known(plan)
    return [
        f"ntable change name arp_cache dev {plan.network.device} retrans {ARP_RETRANSMIT_MS}",
        f"address replace {own.address}/32 dev {plan.network.device}",
    ]


def route_commands(plan: Plan) -> list[str]:
    """A packet to an unused address of the cluster must not leave by the default route, where another host could answer
    for it ("Cluster IP already active").  On one host it fails at once.  On several, a slice finds out by ARP that no
    other one has the address."""
    if plan.overlay is None:
        return [f"route replace unreachable {network}" for network in plan.networks]
    on_device = f"dev {plan.network.device} src {plan.own_slice.address}"
    return [f"route replace {network} {on_device}" for network in plan.networks]


@contextmanager
def unused(plan: Plan, address: str) -> Iterator[None]:
    """Makes an address unreachable that no host has yet, for a program that tests by ping and TCP whether it is taken:
    the test fails at once instead of by a timeout."""
    if plan.overlay is None:
        yield
        return
    run(["ip", "route", "replace", "unreachable", f"{address}/32"])
    try:
        yield
    finally:
        run(["ip", "route", "del", "unreachable", f"{address}/32"])

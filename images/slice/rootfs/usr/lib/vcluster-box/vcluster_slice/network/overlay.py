"""What makes the slices of a cluster one flat network, in which every address may move from slice to slice: where the master
goes, Ganeti takes the cluster's address along, and tells the others by ARP."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager

from ..commands import run
from ..plan.model import Plan
from . import underlay, vxlan

#: Milliseconds between two of three questions who has an address.  Linux's second would make everything that asks for a node
#: that is down wait three.
ARP_PATIENCE = 300


def device(plan: Plan) -> list[str]:
    """Has the device that the addresses go to, as far as it must be made.

    :returns: what `ip` is to do for it
    """
    own = plan.own_slice
    if plan.overlay is None:
        return []
    if own.underlay is not None:
        vxlan.make(plan)
        underlay.lead_to_known(plan)
    return [
        f"ntable change name arp_cache dev {plan.device} retrans {ARP_PATIENCE}",
        f"address replace {own.address}/32 dev {plan.device}",
    ]


def routes(plan: Plan) -> list[str]:
    """An address of the subnet that is nobody's must not leave by the default route, where somebody may answer for it
    ("Cluster IP already active").  `unreachable` answers at once, where a device route costs an ARP timeout."""
    own = plan.own_slice
    if plan.overlay is None:
        return [f"route replace unreachable {plan.subnet}"]
    way = f"route replace {plan.subnet} dev {plan.device} src {own.address}"
    return [way, *(f"route replace unreachable {network}" for network in _of_instances(plan))]


@contextmanager
def nobody_has(plan: Plan, address: str) -> Iterator[None]:
    """For whoever is about to take an address, and asks by ping and TCP first whether anybody has it: nobody does, so he need not
    wait for no answer."""
    if plan.overlay is None:
        yield
        return
    run(["ip", "route", "replace", "unreachable", f"{address}/32"])
    try:
        yield
    finally:
        run(["ip", "route", "del", "unreachable", f"{address}/32"])


def _of_instances(plan: Plan) -> list[ipaddress.IPv4Network]:
    """The upper half of the subnet, where the addresses of instances are, which nobody ever has."""
    upper = list(ipaddress.IPv4Network(plan.subnet).subnets())[-1]
    taken = [plan.cluster.address, *(node.address for node in plan.nodes), *(each.address for each in plan.slices)]
    return [] if any(ipaddress.IPv4Address(address) in upper for address in taken) else [upper]

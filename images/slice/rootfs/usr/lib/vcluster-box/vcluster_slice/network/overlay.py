"""The overlay: one flat network over all slices of a cluster, in which an address can move from slice to slice.  Ganeti
moves the cluster's address with the master, and announces it by ARP."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager

from ..commands import run
from ..ganeti.ssconf import current_cluster
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
    """A packet to an unused address of the subnet must not leave by the default route, where another host could answer
    for it ("Cluster IP already active").  `unreachable` fails at once; a device route would cost an ARP timeout."""
    own = plan.own_slice
    if plan.overlay is None:
        return [f"route replace unreachable {plan.network.subnet}"]
    on_device = f"dev {plan.network.device} src {own.address}"
    unreachable = _of_instances(plan)
    # `gnt-cluster rename` can give the cluster the address of an instance.
    cluster = ipaddress.IPv4Address(current_cluster(plan).address)
    reachable = [plan.network.subnet, *(str(cluster) for network in unreachable if cluster in network)]
    return [
        *(f"route replace {network} {on_device}" for network in reachable),
        *(f"route replace unreachable {network}" for network in unreachable),
    ]


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


def _of_instances(plan: Plan) -> list[ipaddress.IPv4Network]:
    """The upper half of the subnet.  It has the addresses of instances, which no host ever has."""
    upper = list(ipaddress.IPv4Network(plan.network.subnet).subnets())[-1]
    taken = [plan.cluster.address, *(node.address for node in plan.nodes), *(each.address for each in plan.slices)]
    return [] if any(ipaddress.IPv4Address(address) in upper for address in taken) else [upper]

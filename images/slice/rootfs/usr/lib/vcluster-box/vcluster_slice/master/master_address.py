"""The cluster's address, which Ganeti gives to the master (`master-ip-setup`), and which moves with the master."""

import json

from ..commands import run
from ..ganeti.ssconf import read_ssconf
from ..plan.model import Node


def hold(master: Node) -> None:
    """Adds the address if it is missing: it is lost with the network namespace, whenever the container stops.

    Ganeti might be adding it at the same time.
    """
    address, device = read_ssconf(master, "master_ip"), read_ssconf(master, "master_netdev")
    if address and not _exists(address):
        netmask = read_ssconf(master, "master_netmask")
        run(["ip", "address", "replace", f"{address}/{netmask}", "dev", device, "label", f"{device}:0"])
        announce(master)


def announce(master: Node) -> None:
    """As `master-ip-setup` does: other slices might know the address by another slice's link-layer address."""
    address, device = read_ssconf(master, "master_ip"), read_ssconf(master, "master_netdev")
    if device != "lo":
        run(["arping", "-q", "-U", "-c", "1", "-I", device, "-s", address, address])


def drop(master: Node) -> None:
    address, device = read_ssconf(master, "master_ip"), read_ssconf(master, "master_netdev")
    if address and _exists(address):
        run(["ip", "address", "del", f"{address}/{read_ssconf(master, 'master_netmask')}", "dev", device])


def _exists(address: str) -> bool:
    shown = json.loads(run(["ip", "-json", "address", "show", "to", f"{address}/32"]) or "[]")
    return any(shown)

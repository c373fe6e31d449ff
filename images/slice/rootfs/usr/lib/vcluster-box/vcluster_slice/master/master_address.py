"""The cluster's address, which Ganeti gives to the master (`master-ip-setup`), and which goes with the master."""

import json

from ..commands import run
from ..plan.model import Node
from .roles import read_ssconf


def hold(master: Node) -> None:
    """Puts it back: it goes with the network namespace, at every stop of the container.  Ganeti may be at it, too."""
    address, device = read_ssconf(master, "master_ip"), read_ssconf(master, "master_netdev")
    if address and not _is_here(address):
        netmask = read_ssconf(master, "master_netmask")
        run(["ip", "address", "replace", f"{address}/{netmask}", "dev", device, "label", f"{device}:0"])
        announce(master)


def announce(master: Node) -> None:
    """As `master-ip-setup` does it: other slices may know the address by another one's link-layer address."""
    address, device = read_ssconf(master, "master_ip"), read_ssconf(master, "master_netdev")
    if device != "lo":
        run(["arping", "-q", "-U", "-c", "1", "-I", device, "-s", address, address])


def drop(master: Node) -> None:
    address, device = read_ssconf(master, "master_ip"), read_ssconf(master, "master_netdev")
    if address and _is_here(address):
        run(["ip", "address", "del", f"{address}/{read_ssconf(master, 'master_netmask')}", "dev", device])


def _is_here(address: str) -> bool:
    shown = json.loads(run(["ip", "-json", "address", "show", "to", f"{address}/32"]) or "[]")
    return any(shown)

"""The addresses at which running instances answer ping.

An instance answers at the addresses of its NICs.  If it has NICs, but none of them has an address, it answers at the
one that is reserved for its name, as a guest that asks a DHCP server.

The addresses are this container's own while the instance runs, each on the bridge that its NIC is linked to.  Programs
of the slice that listen on all addresses are therefore reached at them, too; sshd refuses (`ssh-on-node`).
"""

import fcntl
import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .. import paths
from ..commands import run
from ..ganeti.ssconf import current_cluster
from ..instances.fake_hypervisor import Nic, nics_of, running_instances
from ..plan.loader import load
from ..plan.model import Plan


@dataclass(frozen=True)
class Held:
    address: str
    device: str
    #: name of the instance
    instance: str


def follow() -> None:
    """Called when an instance has started or ended."""
    if paths.PLAN.exists():
        sync(load(None))


def sync(plan: Plan) -> None:
    """Adds the addresses of instances that have started, and removes those of instances that have ended."""
    with _locked():
        before, now = _read(), _wanted(plan)
        places, wanted = ({(held.address, held.device) for held in each} for each in (before, now))
        new = sorted((address, device) for address, device in wanted - places if _device(device).exists())
        commands = [f"address replace {address}/32 dev {device}" for address, device in new]
        gone = [(address, device) for address, device in sorted(places - wanted) if _device(device).exists()]
        # Unlike `del`, `flush` does not fail if there is none.
        commands += [f"address flush dev {device} to {address}/32" for address, device in gone]
        if commands:
            run(["ip", "-batch", "-"], stdin="".join(f"{command}\n" for command in commands))
        if now != before:
            _write(now)
    if plan.overlay is not None:
        for address, _ in new:
            _announce(plan.network.device, address)


def forget() -> None:
    """At the start of the container, which has no addresses yet."""
    paths.INSTANCE_ADDRESSES.unlink(missing_ok=True)


def _wanted(plan: Plan) -> list[Held]:
    """An address that a node or the cluster has stays theirs, and one outside of the cluster's networks might be needed
    to reach another machine."""
    reserved = {name: instance.address for instance in plan.instances for name in instance.names}
    networks = [ipaddress.IPv4Network(network) for network in plan.networks]
    taken = {current_cluster(plan).address, *plan.addresses}
    found: dict[str, Held] = {}
    for node in plan.own_nodes:
        for file in running_instances(node):
            for address, bridge in _addresses(nics_of(file), reserved.get(file.name)):
                if address not in taken and any(_is_host(address, network) for network in networks):
                    device = bridge if bridge in plan.bridges else "lo"
                    found.setdefault(address, Held(address, device, file.name))
    return [found[address] for address in sorted(found)]


def _addresses(nics: list[Nic], reserved: str | None) -> list[tuple[str, str | None]]:
    given = [(nic.address, nic.bridge) for nic in nics if nic.address]
    return given if given or reserved is None or not nics else [(reserved, nics[0].bridge)]


def _is_host(text: str, network: ipaddress.IPv4Network) -> bool:
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return address in network and address not in (network.network_address, network.broadcast_address)


def _device(name: str) -> Path:
    return Path("/sys/class/net") / name


def _announce(device: str, address: str) -> None:
    """A gratuitous ARP request: other slices might know the address by another slice's link-layer address.  `arping`
    would take as long as an instance takes to start."""
    own = bytes.fromhex((_device(device) / "address").read_text().strip().replace(":", ""))
    broadcast, ip = b"\xff" * 6, socket.inet_aton(address)
    # Ethernet, IPv4, lengths of their addresses, request
    arp = bytes.fromhex("00010800060400 01") + own + ip + bytes(6) + ip
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as packets:
        packets.bind((device, 0))
        packets.send(broadcast + own + bytes.fromhex("0806") + arp)


@contextmanager
def _locked() -> Iterator[None]:
    """Against other processes of this slice: node daemons change instances at the same time."""
    with open(paths.RUN / "instance-addresses.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read() -> list[Held]:
    if not paths.INSTANCE_ADDRESSES.exists():
        return []
    return [Held(*line.split(" ")) for line in paths.INSTANCE_ADDRESSES.read_text().splitlines()]


def _write(now: list[Held]) -> None:
    draft = paths.INSTANCE_ADDRESSES.with_suffix(".new")
    draft.write_text("".join(f"{held.address} {held.device} {held.instance}\n" for held in now))
    draft.replace(paths.INSTANCE_ADDRESSES)

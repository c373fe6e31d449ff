"""The cluster's addresses and names, in this container's network namespace and `/etc/hosts`."""

import ipaddress
import json
from collections.abc import Iterable
from pathlib import Path

from .. import paths
from ..commands import run
from ..events import emit
from ..failure import StepFailed
from ..ganeti.ssconf import current_cluster
from ..nodes import state
from ..plan.model import Node, Plan
from . import instance_addresses, overlay

HOSTS = Path("/etc/hosts")
BEGIN = "# vcluster-box: begin"
END = "# vcluster-box: end"


def set_up_network(plan: Plan) -> None:
    _refuse_overlap(plan)
    commands = overlay.device_commands(plan)
    commands += _address_commands(plan, [node for node in plan.own_nodes if not state.is_off(node)])
    commands += overlay.route_commands(plan)
    for bridge in plan.bridges:
        if not Path(f"/sys/class/net/{bridge}").exists():
            commands.append(f"link add {bridge} type bridge")
        commands.append(f"link set {bridge} up")
    _ip(commands)
    write_hosts(plan)
    instance_addresses.sync(plan)


def add_addresses(plan: Plan, nodes: Iterable[Node]) -> None:
    _ip(_address_commands(plan, nodes))


def drop_addresses(plan: Plan, node: Node) -> None:
    # Unlike `del`, `flush` does not fail if there is none.
    _ip([f"address flush dev {plan.network.device} to {address}/32" for address in node.addresses])


def _address_commands(plan: Plan, nodes: Iterable[Node]) -> list[str]:
    addresses = [address for node in nodes for address in node.addresses]
    return [f"address replace {address}/32 dev {plan.network.device}" for address in addresses]


def _ip(commands: list[str]) -> None:
    run(["ip", "-batch", "-"], stdin="".join(f"{command}\n" for command in commands))


def outside_addresses(plan: Plan) -> list[str]:
    """The IPv4 addresses that the engine gave this container."""
    return [str(interface.ip) for _, interface in _outside(plan)]


def _refuse_overlap(plan: Plan) -> None:
    for device, interface in _outside(plan):
        for subnet in (ipaddress.ip_network(network) for network in plan.networks):
            if not subnet.overlaps(interface.network):
                continue
            message = f"the cluster's subnet {subnet} overlaps {interface.network}, the network of this container's {device}"
            if not paths.PROVISIONED.exists():
                option = "--subnet" if str(subnet) == plan.network.subnet else "--secondary-subnet or --bridge"
                raise StepFailed(message, hint=f"choose another subnet with `{option} CIDR`")
            emit("warning", message=message, hint="published ports might not work; connect the container to another network")


def _outside(plan: Plan) -> list[tuple[str, ipaddress.IPv4Interface]]:
    """Devices and addresses of the engine, without the cluster's, which can be on the same device."""
    subnets = [ipaddress.ip_network(network) for network in plan.networks]
    own_devices = ("lo", *plan.bridges)
    found = [
        (device["ifname"], ipaddress.IPv4Interface(f"{entry['local']}/{entry['prefixlen']}"))
        for device in json.loads(run(["ip", "-json", "-4", "address", "show"]))
        if device["ifname"] not in own_devices
        for entry in device["addr_info"]
    ]
    return [
        (device, interface)
        for device, interface in found
        if device != plan.network.device
        or interface.network.prefixlen < 32
        or not any(interface.ip in subnet for subnet in subnets)
    ]


def write_hosts(plan: Plan) -> None:
    """Writes our part of the file in place: it is a bind mount of the engine (rename fails with EBUSY), and the engine
    rewrites it at every start of the container.  It is never empty meanwhile, because a running cluster uses it."""
    kept = _without_our_part(HOSTS.read_text().splitlines())
    known = {name for line in kept for name in line.split("#")[0].split()[1:]}
    own_name = Path("/proc/sys/kernel/hostname").read_text().strip()
    if own_name not in known:
        # A host name that does not resolve makes every gnt-* command wait for DNS.
        kept.append(f"127.0.1.1\t{own_name}")
    # A name that `gnt-cluster rename` has given the cluster, and the one before it.
    entries = dict.fromkeys((current_cluster(plan), plan.cluster, *plan.nodes, *plan.instances))
    ours = [f"{entry.address}\t{' '.join(entry.names)}" for entry in entries]
    content = "\n".join([*kept, BEGIN, *ours, END]) + "\n"
    with open(HOSTS, "r+b", buffering=0) as hosts:
        hosts.write(content.encode())
        hosts.truncate()


def _without_our_part(lines: list[str]) -> list[str]:
    if BEGIN not in lines:
        return lines
    begin = lines.index(BEGIN)
    end = lines.index(END, begin) if END in lines[begin:] else len(lines) - 1
    return lines[:begin] + lines[end + 1 :]

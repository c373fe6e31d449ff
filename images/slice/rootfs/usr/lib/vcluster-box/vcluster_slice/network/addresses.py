"""The cluster's addresses and names, in this container's network namespace and `/etc/hosts`."""

import ipaddress
import json
from pathlib import Path

from .. import paths
from ..commands import run
from ..events import emit
from ..failure import StepFailed
from ..ganeti.ssconf import current_cluster
from ..plan.model import Node, Plan
from . import overlay

#: Ganeti's default link for instances' NICs: `gnt-cluster verify` reports it when it is missing
BRIDGE = "xen-br0"
HOSTS = Path("/etc/hosts")
BEGIN = "# vcluster-box: begin"
END = "# vcluster-box: end"


def set_up_network(plan: Plan) -> None:
    _refuse_overlap(plan)
    commands = overlay.device_commands(plan)
    commands += [f"address replace {node.address}/32 dev {plan.network.device}" for node in plan.own_nodes]
    commands += overlay.route_commands(plan)
    if not Path(f"/sys/class/net/{BRIDGE}").exists():
        commands.append(f"link add {BRIDGE} type bridge")
    commands.append(f"link set {BRIDGE} up")
    run(["ip", "-batch", "-"], stdin="".join(f"{command}\n" for command in commands))
    write_hosts(plan)


def drop_address(node: Node, device: str) -> None:
    # Unlike `del`, `flush` does not fail if there is none.
    run(["ip", "address", "flush", "dev", device, "to", f"{node.address}/32"])


def outside_addresses(plan: Plan) -> list[str]:
    """The IPv4 addresses that the engine gave this container."""
    return [str(interface.ip) for _, interface in _outside(plan)]


def _refuse_overlap(plan: Plan) -> None:
    subnet = ipaddress.ip_network(plan.network.subnet)
    for device, interface in _outside(plan):
        if subnet.overlaps(interface.network):
            message = f"the cluster's subnet {subnet} overlaps {interface.network}, the network of this container's {device}"
            if not paths.PROVISIONED.exists():
                raise StepFailed(message, hint="choose another subnet with `--subnet CIDR`")
            emit("warning", message=message, hint="published ports might not work; connect the container to another network")


def _outside(plan: Plan) -> list[tuple[str, ipaddress.IPv4Interface]]:
    """Devices and addresses of the engine, without the cluster's, which can be on the same device."""
    subnet = ipaddress.ip_network(plan.network.subnet)
    found = [
        (device["ifname"], ipaddress.IPv4Interface(f"{entry['local']}/{entry['prefixlen']}"))
        for device in json.loads(run(["ip", "-json", "-4", "address", "show"]))
        if device["ifname"] not in ("lo", BRIDGE)
        for entry in device["addr_info"]
    ]
    return [
        (device, interface)
        for device, interface in found
        if not (device == plan.network.device and interface.network.prefixlen == 32 and interface.ip in subnet)
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

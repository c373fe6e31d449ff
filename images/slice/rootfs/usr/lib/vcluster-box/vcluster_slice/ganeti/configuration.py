"""Adds nodes and groups to Ganeti's configuration, `config.data`, as `gnt-cluster init` has written it.

Pure: data in, data out.  It does what `gnt-node add` does one node at a time under the cluster's lock (`LUNodeAdd`,
`ConfigWriter.AddNode`), for all nodes at once, while no daemon runs that reads the configuration.
"""

import copy
import re
import uuid
from dataclasses import dataclass
from typing import Any

from ..plan.model import Group, Node


@dataclass(frozen=True)
class Joined:
    """The new configuration, and what the nodes' own files need of it."""

    data: dict[str, Any]
    #: names of master candidates
    candidates: frozenset[str]
    #: ssconf key -> content, for those that change with the nodes
    ssconf: dict[str, str]


class UnknownGroup(Exception):
    """A node's group does not exist in the configuration."""


def join(
    data: dict[str, Any], nodes: tuple[Node, ...], digests: dict[str, str], now: float, new_groups: tuple[Group, ...] = ()
) -> Joined:
    """Adds those of `nodes` and `new_groups` that the configuration does not have yet.

    :param data: the parsed `config.data`
    :param digests: node name -> digest of its client certificate
    :param now: seconds since the epoch
    :param new_groups: the group of the first node is the one that `gnt-cluster init` created, which is renamed
    """
    data = copy.deepcopy(data)
    cluster = data["cluster"]
    _add_groups(data, nodes[0].group, new_groups, now)
    known = {node["name"]: node for node in data["nodes"].values()}
    master = data["nodes"][cluster["master_node"]]
    master["vm_capable"] = next((node.vm_capable for node in nodes if node.name == master["name"]), True)
    groups = {group["name"]: key for key, group in data["nodegroups"].items()}
    chosen = _new_candidates(data, [node for node in nodes if node.name not in known])
    for node in nodes:
        if node.name in known:
            continue
        if node.group not in groups:
            raise UnknownGroup(f"node {node.name} needs the group {node.group}, which does not exist")
        candidate = node.name in chosen
        key = str(uuid.uuid4())
        data["nodes"][key] = {
            **copy.deepcopy(master),
            "name": node.name,
            "uuid": key,
            "primary_ip": node.address,
            "secondary_ip": node.secondary_address or node.address,
            "group": groups[node.group],
            "master_candidate": candidate,
            "master_capable": node.master_capable,
            "vm_capable": node.vm_capable,
            "drained": node.drained,
            "offline": node.offline,
            "serial_no": 1,
            "ctime": now,
            "mtime": now,
        }
        if candidate:
            cluster["candidate_certs"][key] = digests[node.name]
        cluster["serial_no"] += 1
        data["serial_no"] += 1
    cluster["mtime"] = data["mtime"] = now
    return Joined(data, frozenset(node["name"] for node in _candidates(data)), _ssconf(data))


def _new_candidates(data: dict[str, Any], nodes: list[Node]) -> set[str]:
    """Names of the first nodes that can be candidates, from each slice in turn: if the master is lost with its slice,
    another slice has a node that can take over."""
    free = data["cluster"]["candidate_pool_size"] - sum(node["master_candidate"] for node in data["nodes"].values())
    turns: dict[int, int] = {}
    order = []
    for node in nodes:
        if node.master_capable and not node.drained and not node.offline:
            turns[node.slice] = turns.get(node.slice, 0) + 1
            order.append((turns[node.slice], node))
    order.sort(key=lambda turn: turn[0])
    return {node.name for _, node in order[: max(0, free)]}


def _add_groups(data: dict[str, Any], first: str, groups: tuple[Group, ...], now: float) -> None:
    """As `gnt-group rename`, `modify` and `add` do (`LUGroupAdd`, `ConfigWriter.AddNodeGroup`).  Existing groups are
    kept."""
    known = {group["name"]: group for group in data["nodegroups"].values()}
    policies = {group.name: group.alloc_policy for group in groups}
    if len(known) == 1 and first in policies:
        (made,) = known.values()
        wanted = {"name": first, "alloc_policy": policies[first]}
        if any(made.get(key) != value for key, value in wanted.items()):
            made.update(wanted, serial_no=made["serial_no"] + 1, mtime=now)
            data["serial_no"] += 1
        known = {first: made}
    for group in groups:
        if group.name not in known:
            key = str(uuid.uuid4())
            data["nodegroups"][key] = _new_group(key, group, now)
            data["cluster"]["serial_no"] += 1
            data["serial_no"] += 1


def _new_group(key: str, group: Group, now: float) -> dict[str, Any]:
    return {
        "name": group.name,
        "members": [],
        "ndparams": {},
        "alloc_policy": group.alloc_policy,
        "ipolicy": {},
        "diskparams": {},
        "networks": {},
        "ctime": now,
        "mtime": now,
        "uuid": key,
        "serial_no": 1,
        "tags": [],
    }


def _candidates(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for _, node in sorted(data["nodes"].items()) if node["master_candidate"] and not node["offline"]]


def _ssconf(data: dict[str, Any]) -> dict[str, str]:
    """The ssconf values that depend on nodes and groups, in the order and format of `mkSSConf` in `Ganeti.Ssconf`
    (Haskell)."""
    nodes = sorted(data["nodes"].values(), key=lambda node: _natural(node["name"]))
    groups = sorted(data["nodegroups"].items(), key=lambda item: _natural(item[1]["name"]))
    candidates = _candidates(data)
    certificates = data["cluster"]["candidate_certs"]
    ssh_port = data["cluster"]["ndparams"]["ssh_port"]
    lines = {
        "node_list": [node["name"] for node in nodes],
        "node_primary_ips": [f"{node['name']} {node['primary_ip']}" for node in nodes],
        "node_secondary_ips": [f"{node['name']} {node['secondary_ip']}" for node in nodes],
        "node_vm_capable": [f"{node['name']}={node['vm_capable']}" for node in nodes],
        "online_nodes": [node["name"] for node in nodes if not node["offline"]],
        "offline_nodes": [node["name"] for node in nodes if node["offline"]],
        "master_candidates": [node["name"] for node in candidates],
        "master_candidates_ips": [node["primary_ip"] for node in candidates],
        "master_candidates_certs": [f"{key}={digest}" for key, digest in sorted(certificates.items())],
        "nodegroups": [f"{key} {group['name']}" for key, group in groups],
        "ssh_ports": [f"{node['name']}={node['ndparams'].get('ssh_port', ssh_port)}" for node in nodes],
    }
    return {key: "".join(f"{line}\n" for line in value) for key, value in lines.items()}


def _natural(name: str) -> list[tuple[int, int, str]]:
    """node2 before node10, as in Ganeti's `niceSort`.  Importing `ganeti.utils` for `NiceSort` would take 0.15 s of CPU
    at the first boot."""
    parts = re.split(r"([0-9]+)", name)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]

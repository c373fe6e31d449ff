"""What the slice tells when it is asked: `status`, `healthy`, `probe`."""

import json
import platform
import resource
import shutil
from pathlib import Path
from typing import Any

from . import inventory, paths
from .boot import check
from .failure import StepFailed
from .ganeti import luxi, rapi
from .ganeti.noded_client import silent_nodes
from .master.leader import undecided
from .master.roles import (
    ROLES, find_master, has_no_cluster, is_candidate, master_daemons, master_name, node_daemons, read_ssconf,
)  # fmt: skip
from .nodes import daemons, freeze
from .nodes.marks import is_off, is_stopped
from .nodes.membership import members, unjoined
from .plan.model import Node, Plan


def status(whole: Plan) -> dict[str, Any]:
    """Nodes, roles and daemons of this slice: as the master says, or as the nodes' own files say where it does not."""
    # Where there is no cluster yet, no node is in one.
    unknown = list(whole.nodes) if has_no_cluster(whole) else unjoined(whole)
    left_out = [node for node in unknown if node.slice == whole.slice]
    plan = members(whole)
    master = find_master(plan)
    roles: dict[str, str] = {}
    if master is not None and _state(master) == "running":
        try:
            roles = {name: ROLES.get(role, role) for name, role in luxi.query(master, "node", ["name", "role"])}
        except luxi.NoAnswer:
            pass
    elif master is None:
        roles = _roles_elsewhere(plan)
    states = {node: _state(node) for node in plan.own_nodes if node not in left_out}
    # One that is paused would let us wait for as long as we may.
    silent = silent_nodes(node for node, state in states.items() if state == "running")
    nodes = [
        {
            "name": node.name,
            "address": node.address,
            "state": states[node],
            "role": roles.get(node.name) or _role_by_files(node, master),
            "answers": states[node] == "running" and node not in silent,
            "daemons": {daemon: daemons.running_pid(node, daemon) is not None for _, daemon in _expected(node, master)},
            "resources": node.resources,
        }
        for node in states
    ]
    nodes += [
        {
            "name": node.name, "address": node.address, "state": "stopped", "role": "unjoined", "answers": False,
            "daemons": {}, "resources": node.resources,
        }
        for node in left_out
    ]
    return {
        "ready": paths.READY.exists(),
        "ganeti": next((read_ssconf(node, "release_version") for node in plan.own_nodes), None) or None,
        "cluster": {
            "name": plan.cluster.name,
            "address": plan.cluster.address,
            "master": master_name(plan) or "",
        },
        "rapi": (master is None or _state(master) == "running") and rapi.answers(plan),
        "nodes": nodes,
    }


def healthy(plan: Plan) -> str | None:
    """None when the cluster answers; else what does not."""
    if not paths.READY.exists():
        return "the slice is not ready yet: its log tells what it is doing"
    if has_no_cluster(plan):
        return None
    if (reason := undecided()) is not None:
        return reason
    master = find_master(plan)
    if master is not None:
        if (state := _state(master)) != "running":
            return f"the master {master.name} is {state}"
        try:
            luxi.ask(master, "QueryConfigValues", [["cluster_name"]], timeout=5)
        except luxi.NoAnswer as error:
            return str(error)
    return None if rapi.answers(plan) else f"RAPI does not answer at {plan.cluster.address}:{plan.rapi_port}"


def probe() -> dict[str, Any]:
    """What the engine's machine has: facts that the engine itself does not tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return {
        "kernel": platform.release(),
        "inotifyInstances": check.inotify_instances(),
        "inotifyWatches": int(Path("/proc/sys/fs/inotify/max_user_watches").read_text()),
        "nofileSoft": soft,
        "nofileHard": hard,
        "memoryAvailableMiB": check.memory_available_mib(),
        "diskFreeMiB": shutil.disk_usage("/").free // 2**20,
    }


def print_status(plan: Plan) -> None:
    print(json.dumps(status(plan)))


def _state(node: Node) -> str:
    """Of the node, as of a machine: `off`, `stopped` on purpose, `paused`, or `running`, whatever its daemons do."""
    if is_off(node):
        return "off"
    if is_stopped(node):
        return "stopped"
    return "paused" if freeze.is_frozen(node) else "running"


def _expected(node: Node, master: Node | None) -> list[daemons.Job]:
    return [*node_daemons(node), *(master_daemons(node) if node == master else [])]


def _roles_elsewhere(plan: Plan) -> dict[str, str]:
    """As the master says, which is in another slice; none, if it does not."""
    try:
        return {node["name"]: node["role"] for node in inventory.inventory(plan)["nodes"]}
    except StepFailed:
        return {}


def _role_by_files(node: Node, master: Node | None) -> str:
    if node == master:
        return "master"
    if node.name in read_ssconf(node, "offline_nodes").split():
        return "offline"
    return "candidate" if is_candidate(node) else "regular"

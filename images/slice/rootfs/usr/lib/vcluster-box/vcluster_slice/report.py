"""What the slice reports when it is asked: `status`, `healthy`, `inventory`, `probe`."""

import json
import platform
import resource
import shutil
from pathlib import Path
from typing import Any

from . import misfits, paths
from .boot import check
from .failure import StepFailed
from .ganeti import luxi, rapi
from .ganeti.noded_client import silent_nodes
from .ganeti.ssconf import ROLES, current_cluster, is_candidate, read_ssconf
from .master.leader import undecided
from .master.votes import find_master, has_no_cluster, master_name, no_cluster, report_votes
from .nodes import daemons
from .nodes.daemons import master_daemons, node_daemons
from .nodes.membership import members, unjoined
from .nodes.state import state_of
from .peers import remote
from .plan import current
from .plan.model import Node, Plan
from .sync import store


def status(whole: Plan) -> dict[str, Any]:
    """Nodes, roles and daemons of this slice: as the master says, or by the nodes' own files if it does not answer."""
    # Without a cluster, no node is in one.
    changing = current.is_locked()
    unknown = list(whole.nodes) if has_no_cluster(whole) else unjoined(whole)
    left_out = [node for node in unknown if node.slice == whole.slice]
    plan = members(whole)
    cluster = current_cluster(plan)
    master = find_master(plan)
    roles = _roles(plan, master)
    states = {node: state_of(node) for node in plan.own_nodes if node not in left_out}
    # A paused node would not answer until the timeout.
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
            "name": cluster.name,
            "address": cluster.address,
            "master": master_name(plan) or "",
        },
        "votes": report_votes(plan),
        "rapi": (master is None or state_of(master) == "running") and rapi.answers(plan),
        "problem": _problem(master, changing),
        "synced": store.describe(),
        "warnings": [misfits.describe(row) for row in misfits.known()],
        "nodes": nodes,
    }


def _problem(master: Node | None, changing: bool) -> str | None:
    """:param changing: whether nodes were being changed when the report began.  They can be by now, or not any more."""
    if changing or current.is_locked():
        return current.CHANGING
    return luxi.standstill(master) if master is not None and state_of(master) == "running" else None


def healthy(plan: Plan) -> tuple[bool, str]:
    """Whether the slice works as it should, and what is so, or what is not."""
    if has_no_cluster(plan) and paths.READY.exists():
        return True, no_cluster(plan)
    fault = _fault(plan)
    return fault is None, fault or "the cluster answers"


def _fault(plan: Plan) -> str | None:
    if not paths.READY.exists():
        return "the slice is not ready yet: see its log"
    if (reason := undecided()) is not None:
        return reason
    master = find_master(plan)
    if master is not None:
        if (state := state_of(master)) != "running":
            return f"the master {master.name} is {state}"
        if (problem := luxi.standstill(master)) is not None:
            return problem
    return None if rapi.answers(plan) else f"RAPI does not answer at {current_cluster(plan).address}:{plan.rapi.port}"


def inventory(plan: Plan) -> dict[str, Any]:
    """Ganeti's nodes, instances, groups and disk templates: `Inventory` in `src/plan/inventory.ts`.

    :raises StepFailed: when the master does not answer
    """
    master = find_master(plan)
    if master is None:
        return _inventory_elsewhere(plan)
    try:
        nodes = luxi.query(master, "node", ["name", "group", "role", "vm_capable"])
        instances = luxi.query(master, "instance", ["name", "pnode", "snodes", "disk_template", "nic.ips"])
        groups = luxi.query(master, "group", ["name"])
        templates = luxi.ask(master, "QueryClusterInfo", [])["enabled_disk_templates"]
    except luxi.NoAnswer as error:
        raise StepFailed(str(error)) from error
    return {
        "nodes": [
            {"name": name, "group": group, "role": ROLES.get(role, role), "vmCapable": capable}
            for name, group, role, capable in nodes
        ],
        "instances": [
            {
                "name": name, "primary": primary, "secondaries": secondaries or [], "template": template,
                # As given with `--net ip=ADDRESS`, or by an IP pool.
                "addresses": [address for address in addresses or [] if address],
            }
            for name, primary, secondaries, template, addresses in instances
        ],
        "groups": [name for (name,) in groups],
        "templates": templates,
    }


def probe() -> dict[str, Any]:
    """Facts about the engine's host that the engine itself does not report."""
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


def _inventory_elsewhere(plan: Plan) -> dict[str, Any]:
    peer = plan.peer_of(master_name(plan))
    if peer is None:
        raise StepFailed("no node of this slice is the master")
    if not remote.listens(peer):
        raise StepFailed(f"{remote.named(peer)}, which has the master, cannot be reached")
    found: dict[str, Any] = json.loads(remote.call(plan, peer, ["inventory"]))
    return found


def _roles(plan: Plan, master: Node | None) -> dict[str, str]:
    """As the master says, in whichever slice it is; empty if it does not answer."""
    if master is not None:
        if state_of(master) != "running":
            return {}
        try:
            return {name: ROLES.get(role, role) for name, role in luxi.query(master, "node", ["name", "role"])}
        except luxi.NoAnswer:
            return {}
    try:
        return {node["name"]: node["role"] for node in _inventory_elsewhere(plan)["nodes"]}
    except StepFailed:
        return {}


def _role_by_files(node: Node, master: Node | None) -> str:
    if node == master:
        return "master"
    if node.name in read_ssconf(node, "offline_nodes").split():
        return "offline"
    return "candidate" if is_candidate(node) else "regular"


def _expected(node: Node, master: Node | None) -> list[daemons.Job]:
    return [*node_daemons(node), *(master_daemons(node) if node == master else [])]

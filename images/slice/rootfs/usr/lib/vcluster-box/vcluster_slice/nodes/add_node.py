"""Adds a node to a running cluster, with Ganeti's own `gnt-node add`."""

from typing import Any

from .. import paths
from ..boot import check
from ..commands import run
from ..events import emit
from ..failure import StepFailed
from ..ganeti.ssconf import read_ssconf
from ..master.votes import find_master
from ..peers import remote
from ..plan import current
from ..plan.loader import parse
from ..plan.model import Node, Plan
from . import daemons, node_setup
from .remove_node import remove_from_cluster


def add_node(addition: dict[str, Any]) -> None:
    """
    :param addition: `Addition` in `src/plan/grow.ts`
    :raises StepFailed: when the node cannot be added; it is removed again then
    """
    before = current.read()
    plan = parse(before)
    grown = current.with_node(before, addition)
    node = parse(grown).nodes[-1]
    master = _check(plan, node)
    check.check_growth(parse(grown), plan.needs)
    current.write(grown)
    try:
        emit("step-progress", text=f"{node.name}: creating its directory and names")
        node_setup.create(parse(grown), node)
        node_setup.call_peers(plan, "register-node", addition)
        _join(parse(grown), master, node)
    except (StepFailed, OSError) as error:
        _roll_back(node, before["needs"] if node.slice == plan.slice else None)
        if isinstance(error, StepFailed):
            raise
        raise StepFailed(f"the node cannot be created: {error}", node=node.name) from error


def _check(plan: Plan, node: Node) -> Node:
    """
    :returns: the master
    """
    master = find_master(plan)
    if master is None or not paths.READY.exists():
        raise StepFailed("the cluster is not ready", hint="see its state: vcluster-box status")
    node_setup.require_all_peers(plan)
    if any(set(node.names) & set(other.names) or node.address == other.address for other in plan.nodes):
        hint = "another `node add` has added it in the meantime: try again"
        raise StepFailed("the node already exists", node=node.name, hint=hint)
    groups = [line.split(" ", 1)[1] for line in read_ssconf(master, "nodegroups").splitlines()]
    if node.group not in groups:
        hint = f"existing groups: {', '.join(sorted(groups))}; `gnt-group add` adds another one"
        raise StepFailed(f"there is no node group {node.group}", hint=hint)
    return master


def _join(plan: Plan, master: Node, node: Node) -> None:
    emit("step-progress", text=f"{node.name}: gnt-node add")
    # All nodes have the slice's ssh keys.  It also starts noded and mond, and copies RAPI's users.
    argv = ["gnt-node", "add", "--no-ssh-key-check", f"--node-group={node.group}"]
    if node.secondary_address and _is_dual_homed(master):
        argv.append(f"--secondary-ip={node.secondary_address}")
    run([*argv, node.name], node=master)
    # confd starts only now: before the node has a configuration, it would exit.
    if (peer := plan.peer_of(node.name)) is None:
        daemons.start_all(daemons.node_daemons(node))
    else:
        remote.call(plan, peer, ["start", node.name])


def _is_dual_homed(master: Node) -> bool:
    """`gnt-node modify -s` can change it."""
    return read_ssconf(master, "node_secondary_ips") != read_ssconf(master, "node_primary_ips")


def _roll_back(node: Node, needs: dict[str, Any] | None) -> None:
    """A failure here is only a warning: the user must read why the node could not be added.

    :param needs: see `current.without_node`
    """
    emit("step-progress", text=f"{node.name}: removing it again")
    try:
        remove_from_cluster(node, needs)
    except (StepFailed, OSError) as error:
        hint = f"vcluster-box node rm {node.names[-1]}"
        emit("warning", message=f"{node.name} is only partly removed: {error}", hint=hint)

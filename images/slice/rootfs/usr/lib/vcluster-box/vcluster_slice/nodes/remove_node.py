"""Removes a node from a running cluster.  Any part can be done already, by an earlier attempt that was interrupted."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..commands import run
from ..events import emit
from ..failure import StepFailed
from ..ganeti import luxi
from ..master.votes import find_master
from ..plan import current
from ..plan.loader import parse
from ..plan.model import Node
from ..processes import cpus
from . import daemons, node_setup, state

#: roles (`ganeti.constants.NR_*`) of nodes that Ganeti gives no instances anyway
IDLE = ("D", "O")


def remove_node(departure: dict[str, Any]) -> None:
    """
    :param departure: `Departure` in `src/plan/shrink.ts`
    :raises StepFailed: when Ganeti cannot move an instance or remove the node; the node accepts instances again then
    """
    plan = parse(current.read())
    node, master = plan.find(departure["node"]), find_master(plan)
    if node is None:
        raise StepFailed("the node no longer exists", node=departure["node"])
    if master is None:
        raise StepFailed("no node of this slice is the master")
    if state.is_paused(node):
        # Ganeti would wait for it until its timeouts, one after another.
        raise StepFailed("the node is paused", node=node.name, hint=f"vcluster-box unpause --node {node.names[-1]}")
    node_setup.require_all_peers(plan)
    role = _role(master, node)
    if role is not None:
        if role not in IDLE:
            emit("step-progress", text=f"{node.name}: draining")
            _drain(master, node, drained=True)
        try:
            _move_instances(master, node, departure["moves"])
            _leave(master, node)
        except StepFailed:
            if role not in IDLE:
                _undrain(master, node)
            raise
    remove_from_cluster(node, departure["needs"])


def remove_from_cluster(node: Node, needs: dict[str, Any] | None) -> None:
    """Removes a node from the cluster, if the cluster knows it, then all that is left of it.  Its entry in the plan is
    removed last: until then, `node rm` can be run again.

    :param needs: see `current.without_node`
    :raises StepFailed: when it cannot be done
    """
    data = current.read()
    plan = parse(data)
    master = find_master(plan)
    if master is not None and _role(master, node) is not None:
        _leave(master, node)
    emit("step-progress", text=f"{node.name}: removing its directory and names")
    node_setup.call_peers(plan, "unregister-node", {"node": node.name, "needs": needs})
    rest = current.without_node(data, node.name, needs)
    smaller = parse(rest)
    node_setup.remove(smaller, node)
    current.write(rest)
    node_setup.start_missing_confds(smaller)


def _role(master: Node, node: Node) -> str | None:
    """None when the cluster does not know the node."""
    try:
        return dict(luxi.query(master, "node", ["name", "role"])).get(node.name)
    except luxi.NoAnswer as error:
        raise StepFailed(str(error)) from error


def _drain(master: Node, node: Node, *, drained: bool) -> None:
    argv = ["gnt-node", "modify", f"--drained={'yes' if drained else 'no'}"]
    # A drained node is no longer a candidate; another node takes its place, if there is one.
    run([*argv, *(["--auto-promote"] if drained else []), node.name], node=master)


def _undrain(master: Node, node: Node) -> None:
    """A failure here is only a warning: the user must read why the node could not be removed."""
    emit("step-progress", text=f"{node.name}: undoing the drain")
    try:
        _drain(master, node, drained=False)
        daemons.start_all(daemons.missing_confd(node))
    except StepFailed as error:
        hint = f"gnt-node modify --drained=no {node.name}"
        emit("warning", message=f"{node.name} is still drained: {error}", hint=hint)


def _move_instances(master: Node, node: Node, moves: list[dict[str, str]]) -> None:
    """Moves a few at a time, and tries all, so that the error names all that cannot be moved.

    :raises StepFailed: naming them, with Ganeti's error for each
    """
    if not moves:
        return
    emit("step-progress", text=f"{node.name}: moving {len(moves)} instance{'' if len(moves) == 1 else 's'}")
    with ThreadPoolExecutor(max_workers=cpus()) as pool:
        failed = [failure for failure in pool.map(lambda move: _move(master, move), moves) if failure is not None]
    if failed:
        names = ", ".join(name for name, _ in failed)
        output = "\n".join(text for _, text in failed)
        raise StepFailed(f"Ganeti could not move {names}; the node stays", node=node.name, output=output)


def _move(master: Node, move: dict[str, str]) -> tuple[str, str] | None:
    """
    :returns: when it fails, the instance's name and Ganeti's output
    """
    # An instance that does not run cannot be migrated, so it fails over.
    how = ["move"] if move["by"] == "copy" else ["migrate", "--allow-failover"]
    argv = ["gnt-instance", *how, "--force", "-n", move["to"], move["instance"]]
    try:
        run(argv, node=master)
    except StepFailed as error:
        return move["instance"], error.output
    return None


def _leave(master: Node, node: Node) -> None:
    emit("step-progress", text=f"{node.name}: gnt-node remove")
    run(["gnt-node", "remove", node.name], node=master)

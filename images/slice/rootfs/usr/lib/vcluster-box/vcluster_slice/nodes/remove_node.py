"""A node goes, from a cluster that runs.  Each part may be done already: an earlier try may have broken off anywhere."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..processes import cpus
from ..commands import run
from ..events import emit
from ..failure import StepFailed
from ..ganeti import luxi
from ..master.roles import find_master
from ..plan import current
from ..plan.loader import parse
from ..plan.model import Node
from . import daemons, freeze, node_setup

#: roles (`ganeti.constants.NR_*`) of nodes on which Ganeti puts nothing anyway
IDLE = ("D", "O")


def remove(departure: dict[str, Any]) -> None:
    """
    :param departure: `Departure` in `src/plan/shrink.ts`
    :raises StepFailed: when Ganeti cannot move an instance or remove the node; it then takes instances again
    """
    plan = parse(current.read())
    node, master = plan.find(departure["node"]), find_master(plan)
    if node is None:
        raise StepFailed("it is gone already", node=departure["node"])
    if master is None:
        raise StepFailed("no node of this slice is the master")
    if freeze.is_frozen(node):
        # Ganeti would wait for its answers, each time for as long as it may.
        raise StepFailed("it is paused", node=node.name, hint=f"vcluster-box unpause --node {node.names[-1]}")
    node_setup.require_all(plan)
    role = _role(master, node)
    if role is not None:
        if role not in IDLE:
            emit("step-progress", text=f"{node.name}: draining")
            _drain(master, node, drained=True)
        try:
            _empty(master, node, departure["moves"])
            _leave(master, node)
        except StepFailed:
            if role not in IDLE:
                _undrain(master, node)
            raise
    clear_away(node, departure["needs"])


def clear_away(node: Node, needs: dict[str, Any] | None) -> None:
    """Removes a node from the cluster, if that knows it, and then all that there is of it.  It comes last off the plan: as
    long as anything is left, `node rm` can be told to go on.

    :param needs: see `living_plan.without_node`
    :raises StepFailed: when it cannot be done
    """
    data = current.read()
    plan = parse(data)
    master = find_master(plan)
    if master is not None and _role(master, node) is not None:
        _leave(master, node)
    emit("step-progress", text=f"{node.name}: clearing away")
    node_setup.tell_others(plan, "unregister-node", {"node": node.name, "needs": needs})
    rest = current.without_node(data, node.name, needs)
    smaller = parse(rest)
    node_setup.clear(smaller, node)
    current.write(rest)
    node_setup.start_missing(smaller)


def _role(master: Node, node: Node) -> str | None:
    """None when the cluster does not know the node."""
    try:
        return dict(luxi.query(master, "node", ["name", "role"])).get(node.name)
    except luxi.NoAnswer as error:
        raise StepFailed(str(error)) from error


def _drain(master: Node, node: Node, *, drained: bool) -> None:
    argv = ["gnt-node", "modify", f"--drained={'yes' if drained else 'no'}"]
    # A candidate that is drained is none any more; others are to take its place if there are any.
    run([*argv, *(["--auto-promote"] if drained else []), node.name], node=master)


def _undrain(master: Node, node: Node) -> None:
    """Whatever goes wrong here, too: what the user must read is why the node could not go."""
    emit("step-progress", text=f"{node.name}: taking it back")
    try:
        _drain(master, node, drained=False)
        daemons.start_all(node_setup.missing(node))
    except StepFailed as error:
        hint = f"gnt-node modify --drained=no {node.name}"
        emit("warning", message=f"{node.name} is still drained: {error}", hint=hint)


def _empty(master: Node, node: Node, moves: list[dict[str, str]]) -> None:
    """A few at a time.  All are tried, so that all that cannot be moved are named.

    :raises StepFailed: naming them, with what Ganeti says of each
    """
    if not moves:
        return
    emit("step-progress", text=f"{node.name}: moving {len(moves)} instance{'' if len(moves) == 1 else 's'}")
    with ThreadPoolExecutor(max_workers=cpus()) as pool:
        failed = [told for told in pool.map(lambda move: _move(master, move), moves) if told is not None]
    if failed:
        names = ", ".join(name for name, _ in failed)
        raise StepFailed(
            f"Ganeti could not move {names}; the node stays", node=node.name, output="\n".join(text for _, text in failed)
        )


def _move(master: Node, move: dict[str, str]) -> tuple[str, str] | None:
    """
    :returns: the instance's name and Ganeti's words, when it did not move
    """
    how = ["move"] if move["by"] == "copy" else ["migrate", "--allow-failover"]  # by failover where it does not run
    argv = ["gnt-instance", *how, "--force", "-n", move["to"], move["instance"]]
    try:
        run(argv, node=master)
    except StepFailed as error:
        return move["instance"], error.output
    return None


def _leave(master: Node, node: Node) -> None:
    emit("step-progress", text=f"{node.name}: gnt-node remove")
    run(["gnt-node", "remove", node.name], node=master)

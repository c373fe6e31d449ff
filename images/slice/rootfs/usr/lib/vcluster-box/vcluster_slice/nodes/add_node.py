"""One node more, in a cluster that runs: by Ganeti's own `gnt-node add`."""

from typing import Any

from .. import paths
from ..boot import check
from ..commands import run
from ..events import emit
from ..failure import StepFailed
from ..master.leader import slice_of
from ..master.roles import find_master, node_daemons, read_ssconf
from ..peers import remote
from ..plan import current
from ..plan.loader import parse
from ..plan.model import Node, Plan
from . import daemons, node_setup, remove_node


def add(addition: dict[str, Any]) -> None:
    """
    :param addition: `Addition` in `src/plan/grow.ts`
    :raises StepFailed: when the node cannot be added; nothing is left of it then
    """
    before = current.read()
    plan = parse(before)
    grown = current.with_node(before, addition)
    node = parse(grown).nodes[-1]
    master = _check(plan, node)
    check.check_growth(parse(grown), plan.needs)
    current.write(grown)
    try:
        emit("step-progress", text=f"{node.name}: its directory and names")
        node_setup.make(parse(grown), node)
        node_setup.tell_others(plan, "register-node", addition)
        _join(parse(grown), master, node)
    except (StepFailed, OSError) as error:
        _take_back(node, before["needs"] if node.slice == plan.slice else None)
        if isinstance(error, StepFailed):
            raise
        raise StepFailed(f"it cannot be made: {error}", node=node.name) from error


def _check(plan: Plan, node: Node) -> Node:
    """
    :returns: the master
    """
    master = find_master(plan)
    if master is None or not paths.READY.exists():
        raise StepFailed("the cluster is not ready", hint="see how it is: vcluster-box status")
    node_setup.require_all(plan)
    if any(set(node.names) & set(other.names) or node.address == other.address for other in plan.nodes):
        raise StepFailed("it is there already", node=node.name, hint="another `node add` was faster: try again")
    groups = [line.split(" ", 1)[1] for line in read_ssconf(master, "nodegroups").splitlines()]
    if node.group not in groups:
        hint = f"there is: {', '.join(sorted(groups))}; make another with gnt-group add"
        raise StepFailed(f"there is no node group {node.group}", hint=hint)
    return master


def _join(plan: Plan, master: Node, node: Node) -> None:
    emit("step-progress", text=f"{node.name}: gnt-node add")
    # All nodes have the slice's ssh keys.  noded and mond are started by it; RAPI's users are among what it copies.
    run(["gnt-node", "add", "--no-ssh-key-check", f"--node-group={node.group}", node.name], node=master)
    # A confd that had started before the configuration came would have died.
    if (peer := slice_of(plan, node.name)) is None:
        daemons.start_all(node_daemons(node))
    else:
        remote.call(plan, peer, ["start", node.name])


def _take_back(node: Node, needs: dict[str, Any] | None) -> None:
    """Whatever goes wrong here, too: what the user must read is why the node could not be added.

    :param needs: see `living_plan.without_node`
    """
    emit("step-progress", text=f"{node.name}: taking it back")
    try:
        remove_node.clear_away(node, needs)
    except (StepFailed, OSError) as error:
        emit("warning", message=f"{node.name} is left half-made: {error}", hint=f"vcluster-box node rm {node.names[-1]}")

"""Starting, stopping and pausing single nodes, each as if it were a machine of its own; the others are not affected."""

import sys
from collections.abc import Callable, Iterable

from vcluster_storage.drbd import lock
from vcluster_storage.failure import Failed

from ..failure import StepFailed
from ..ganeti.noded_client import silent_nodes
from ..master import master_address
from ..master.leader import leader
from ..master.votes import find_master
from ..network import addresses
from ..plan.model import Node, Plan
from . import start_stop, state


def start(plan: Plan, chosen: list[Node]) -> None:
    """Returns when their node daemons answer.

    :raises StepFailed: naming the first that does not
    """
    # Before the nodes are marked as started: nodes that might have missed a failover have no vote.
    master = leader(plan)
    addresses.add_addresses(plan, chosen)
    for node in chosen:
        state.thaw(node)
        state.unmark(node)
    start_stop.start(plan, chosen, master)
    if master is not None and master in chosen:
        master_address.hold(master)
    if silent := silent_nodes(chosen):
        raise StepFailed("ganeti-noded does not answer", node=silent[0].name)


def stop(plan: Plan, chosen: list[Node]) -> None:
    """Returns when no daemon of them runs."""
    for node in chosen:
        state.mark_stopped(node)
    # Before the daemons stop; a node that is already stopped can still be the master.
    master = find_master(plan)
    for node, daemon in start_stop.stop(chosen):
        print(f"{node.name}: {daemon} did not end and was killed", file=sys.stderr)
    if master in chosen:
        # A machine that is switched off has no addresses; here they are on a device that all nodes share.
        master_address.drop(master)


def restart(plan: Plan, chosen: list[Node]) -> None:
    stop(plan, chosen)
    start(plan, chosen)


def pause(plan: Plan, chosen: list[Node]) -> None:
    """
    :raises StepFailed: when one of them is stopped; no node is paused then
    """
    if stopped := [node for node in chosen if state.is_stopped(node)]:
        raise StepFailed("the node is stopped, so it cannot be paused", node=stopped[0].name)
    try:
        held = lock.acquire(str(plan.directory))
    except Failed:
        held = None
    # A process that is frozen while it holds that lock would keep all other nodes from using mirrored disks.
    for node in chosen:
        state.freeze(node)
    if held is not None:
        held.release()


def unpause(_plan: Plan, chosen: list[Node]) -> None:
    for node in chosen:
        state.thaw(node)


ACTIONS: dict[str, Callable[[Plan, list[Node]], None]] = {
    "start": start,
    "stop": stop,
    "restart": restart,
    "pause": pause,
    "unpause": unpause,
}


def find_nodes(plan: Plan, names: Iterable[str]) -> list[Node]:
    """
    :raises StepFailed: when this slice has no node of a name
    """
    own = {name: node for node in plan.own_nodes for name in node.names}
    chosen = []
    for name in names:
        if name not in own:
            raise StepFailed(f"slice {plan.slice} has no node {name} in the Ganeti cluster")
        if own[name] not in chosen:
            chosen.append(own[name])
    return chosen

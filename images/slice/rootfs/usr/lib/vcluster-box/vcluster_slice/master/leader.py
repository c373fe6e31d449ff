"""Which node of this slice may lead the cluster: before its master's daemons are started, the other slices are asked.

A slice that was away, during a failover perhaps, comes back with what its own nodes' files say, and may be wrong.
"""

import time

from .. import paths
from ..peers import remote
from ..plan.model import Node, Plan, Slice
from . import votes
from .election import Decision, decide
from .roles import find_master, informed_node, name_master, named_master, read_ssconf

#: seconds that other slices may take to say what their nodes say
PATIENCE = 10.0
#: Seconds for which what a node was told is not changed: Ganeti itself may just be naming another master, node by node.
GRACE = 10.0


def leader(plan: Plan, *, patience: float = 0) -> Node | None:
    """The node of this slice whose master's daemons may be started; None when it has none.

    Where nobody may lead, that is noted (`paths.UNDECIDED`), for `succession` to look again.  Where another slice's node leads,
    this slice's are told so.

    :param patience: seconds to wait for slices without which nothing can be decided; they may just be starting
    """
    if not plan.peers:
        return find_master(plan)
    deadline = time.monotonic() + patience
    while (decision := elect(plan)).master is None and find_master(plan) and time.monotonic() < deadline:
        time.sleep(0.5)
    return carry_out(plan, decision)


def elect(plan: Plan) -> Decision:
    """Asks the other slices: takes as long as ssh does."""
    there = [peer for peer in plan.peers if remote.listens(peer)]
    answers = remote.call_all(plan, there, ["votes"], seconds=PATIENCE)
    told = [votes.own_votes(plan), *(votes.parse(answer) for answer in answers.values())]
    return decide(told, _electorate(plan), complete=len(answers) == len(plan.peers))


def carry_out(plan: Plan, decision: Decision, *, grace: float = GRACE) -> Node | None:
    """
    :param grace: see `GRACE`
    :returns: the node of this slice that is the master
    """
    if decision.master is None:
        if find_master(plan) is not None:
            paths.UNDECIDED.write_text(f"{decision.reason}\n")
        return None
    paths.UNDECIDED.unlink(missing_ok=True)
    for node in plan.own_nodes:
        told = named_master(node)
        if told is not None and told[0] != decision.master and time.time() > told[1] + grace:
            name_master(node, decision.master)
    return next((node for node in plan.own_nodes if node.name == decision.master), None)


def undecided() -> str | None:
    """Why nobody leads, if that is why."""
    try:
        return paths.UNDECIDED.read_text().strip()
    except OSError:
        return None


def slice_of(plan: Plan, name: str | None) -> Slice | None:
    """The other slice that has the node of that name."""
    number = next((node.slice for node in plan.nodes if node.name == name), plan.slice)
    return next((peer for peer in plan.peers if peer.number == number), None)


def _electorate(plan: Plan) -> frozenset[str]:
    """All of the cluster's nodes that are not offline, as far as this slice knows."""
    node = informed_node(plan)
    if node is None:
        return frozenset()
    return frozenset(read_ssconf(node, "node_list").split()) - set(read_ssconf(node, "offline_nodes").split())

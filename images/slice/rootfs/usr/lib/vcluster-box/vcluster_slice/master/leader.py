"""Which node of this slice may lead the cluster.  The other slices are asked before the master's daemons start.

A slice that was away, perhaps during a failover, cannot rely on what its own nodes' files say.
"""

import time

from .. import paths
from ..ganeti.ssconf import named_master, write_master_name
from ..peers import remote
from ..plan.model import Node, Plan
from . import votes
from .votes import Decision, find_master

#: seconds that the other slices have to answer
ANSWER_SECONDS = 10.0
#: Seconds before a node's master name is corrected: Ganeti might be naming another master at the moment, node by node.
GRACE_SECONDS = 10.0


def leader(plan: Plan, *, timeout: float = 0) -> Node | None:
    """The node of this slice whose master daemons may start, or None.

    If no node may lead, the reason is written to `paths.UNDECIDED`, and `succession` tries again.  If a node of another
    slice leads, this slice's nodes are corrected.

    :param timeout: seconds to wait for slices that are needed for a decision, and might be starting
    """
    if not plan.peers:
        return find_master(plan)
    deadline = time.monotonic() + timeout
    while (decision := elect(plan)).master is None and find_master(plan) and time.monotonic() < deadline:
        time.sleep(0.5)
    return apply(plan, decision)


def elect(plan: Plan) -> Decision:
    """Asks the other slices, over ssh."""
    reachable = [peer for peer in plan.peers if remote.listens(peer)]
    answers = remote.call_all(plan, reachable, ["votes"], seconds=ANSWER_SECONDS)
    given = [votes.slice_votes(plan), *(votes.parse(answer) for answer in answers.values())]
    return votes.decide(given, votes.electorate(plan), complete=len(answers) == len(plan.peers))


def apply(plan: Plan, decision: Decision, *, grace: float = GRACE_SECONDS) -> Node | None:
    """
    :param grace: see `GRACE_SECONDS`
    :returns: the master, if it is a node of this slice
    """
    if decision.master is None:
        if find_master(plan) is not None:
            paths.UNDECIDED.write_text(f"{decision.reason}\n")
        return None
    paths.UNDECIDED.unlink(missing_ok=True)
    for node in plan.own_nodes:
        named = named_master(node)
        if named is not None and named[0] != decision.master and time.time() > named[1] + grace:
            write_master_name(node, decision.master)
    return next((node for node in plan.own_nodes if node.name == decision.master), None)


def undecided() -> str | None:
    """The reason why no node leads, if there is one."""
    try:
        return paths.UNDECIDED.read_text().strip()
    except OSError:
        return None

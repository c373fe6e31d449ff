"""Looks from time to time whether this slice's nodes have the right master, in a cluster of several slices.

So a cluster whose hosts come up in any order comes up by itself; of two masters, after a failover while the slices could not
reach each other, one steps down; and nodes that were away get what they have missed.
"""

import time
from math import inf

from .. import paths
from ..events import emit
from ..failure import StepFailed
from ..nodes import daemons, start_stop
from ..nodes.marks import is_stopped
from ..peers import remote
from ..plan.model import Node, Plan
from . import leader, master_address
from .roles import master_daemons, master_name
from .votes import leading

#: seconds between looks at who is there, and between votes when nothing changes
LOOK, VOTE, VOTE_UNDECIDED = 5.0, 60.0, 10.0
#: seconds by which a look is late only if the container was frozen
MISSED = 15.0


class Succession:
    def __init__(self) -> None:
        self._there: set[int] | None = None
        self._due = time.monotonic()
        self._vote_due = time.monotonic() + VOTE

    def take_turn(self, plan: Plan) -> float:
        """Looks, if it is time to.

        :returns: seconds until it is time again
        """
        if not plan.peers:
            return inf
        if time.monotonic() > self._due + MISSED:
            # This slice stood still, and does not know what the others did meanwhile.
            self._there = set()
        if time.monotonic() >= self._due:
            self._look(plan)
            self._due = time.monotonic() + LOOK
        return max(0.0, self._due - time.monotonic())

    def _look(self, plan: Plan) -> None:
        there = {peer.number for peer in plan.peers if remote.listens(peer)}
        appeared = there - (there if self._there is None else self._there)
        self._there = there
        if appeared or self._can_catch_up(plan) or time.monotonic() >= self._vote_due:
            self._settle(plan, appeared)

    def _can_catch_up(self, plan: Plan) -> bool:
        peer = leader.slice_of(plan, master_name(plan))
        return peer is not None and peer.number in (self._there or ()) and paths.BEHIND.exists()

    def _settle(self, plan: Plan, appeared: set[int]) -> None:
        waited = leader.undecided() is not None
        led = leading(plan)
        decision = leader.elect(plan)
        stepped_down = led is not None and decision.master not in (None, led)
        if led is not None and stepped_down:
            _step_down(plan, led, decision.master)
        master = leader.carry_out(plan, decision, grace=0 if stepped_down else leader.GRACE)
        if master is not None and waited and not is_stopped(master):
            emit("warning", message=f"{master.name} leads the cluster again ({decision.reason})")
            start_stop.start(plan, [master], master)
            master_address.hold(master)
        if master is not None and led == master.name:
            # Where the old master's slice hung, Ganeti could not take the cluster's address from it.
            master_address.hold(master)
            if appeared:
                master_address.announce(master)
        if master is None and (peer := leader.slice_of(plan, decision.master)) is not None:
            if peer.number in appeared:
                paths.BEHIND.touch()
            catch_up(plan)
        self._vote_due = time.monotonic() + (VOTE if leader.undecided() is None else VOTE_UNDECIDED)


def catch_up(plan: Plan) -> None:
    """Has the master give this slice's nodes what they may have missed.  Nothing is lost if it cannot just now."""
    peer = leader.slice_of(plan, master_name(plan))
    if peer is None or not paths.BEHIND.exists():
        return
    try:
        remote.call(plan, peer, ["redistribute"])
    except StepFailed:
        return
    paths.BEHIND.unlink(missing_ok=True)


def _step_down(plan: Plan, name: str, other: str | None) -> None:
    """Two led: while their slices could not reach each other, somebody has made another node the master."""
    node = next(node for node in plan.own_nodes if node.name == name)
    emit("warning", message=f"{name} is no longer the master: {other} is")
    _stop_leading(node)


def _stop_leading(node: Node) -> None:
    master_address.drop(node)
    daemons.stop(reversed(master_daemons(node)))

"""Checks from time to time that this slice's nodes have the right master, in a cluster of several slices.

A cluster whose hosts start in any order thus gets its master by itself.  If there are two masters, after a failover
while the slices could not reach each other, one steps down.  Nodes that were away get the configuration that they have
missed.
"""

import time
from math import inf

from .. import paths
from ..commands import run
from ..events import emit
from ..failure import StepFailed
from ..ganeti.ssconf import named_master
from ..instances import returned
from ..network import fence
from ..nodes import daemons, start_stop
from ..nodes.state import is_stopped
from ..peers import remote
from ..plan.model import Node, Plan
from . import leader, master_address
from .votes import find_master, leading, master_name, parse

#: seconds between looks at which slices run, and between votes when nothing changes
LOOK, VOTE, VOTE_UNDECIDED = 5.0, 60.0, 10.0
#: a look that is this many seconds late means that the container was frozen
MISSED = 15.0


class Succession:
    def __init__(self) -> None:
        self._running: set[int] | None = None
        self._led: str | None = None
        self._due = time.monotonic()
        self._vote_due = time.monotonic() + VOTE

    def take_turn(self, plan: Plan) -> float:
        """Looks, if it is due.

        :returns: seconds until the next look
        """
        if not plan.peers:
            return inf
        if time.monotonic() > self._due + MISSED:
            # This slice was frozen, and does not know what the others did meanwhile.
            self._running = set()
        if time.monotonic() >= self._due:
            self._look(plan)
            self._due = time.monotonic() + LOOK
        return max(0.0, self._due - time.monotonic())

    def _look(self, plan: Plan) -> None:
        for node in plan.own_nodes:
            named_master(node)  # remembers when a new master was named
        running = {peer.number for peer in plan.peers if remote.listens(peer)}
        appeared = running - (running if self._running is None else self._running)
        self._running = running
        led = leading(plan)
        if led is not None and led != self._led:
            # Another master might still lead where it was not told of the new one.
            fence.close(plan, (peer for peer in plan.peers if peer.number not in running))
        self._led = led
        if appeared or self._can_catch_up(plan) or time.monotonic() >= self._vote_due:
            self._vote(plan, appeared)
        _lift_fences(plan)

    def _can_catch_up(self, plan: Plan) -> bool:
        peer = plan.peer_of(master_name(plan))
        return peer is not None and peer.number in (self._running or ()) and paths.BEHIND.exists()

    def _vote(self, plan: Plan, appeared: set[int]) -> None:
        was_undecided = leader.undecided() is not None
        led = leading(plan)
        decision = leader.elect(plan)
        stepped_down = led is not None and decision.master not in (None, led)
        if led is not None and stepped_down:
            _step_down(plan, led, decision.master)
        master = leader.apply(plan, decision, grace=0 if stepped_down else leader.GRACE_SECONDS)
        if master is not None and was_undecided and not is_stopped(master):
            emit("warning", message=f"{master.name} leads the cluster again ({decision.reason})")
            start_stop.start(plan, [master], master)
            master_address.hold(master)
        if master is not None and led == master.name:
            # If the old master's slice hung during the failover, Ganeti could not take the cluster's address from it.
            master_address.hold(master)
            if appeared:
                master_address.announce(master)
        if master is None and (peer := plan.peer_of(decision.master)) is not None:
            if peer.number in appeared or stepped_down:
                paths.BEHIND.touch()
            catch_up(plan)
        self._vote_due = time.monotonic() + (VOTE if leader.undecided() is None else VOTE_UNDECIDED)


def _lift_fences(plan: Plan) -> None:
    """Connects slices that were fenced off, when no node leads there, or none leads here any more."""
    closed = fence.closed(plan)
    if closed and leading(plan) is not None:
        reachable = [peer for peer in closed if remote.listens(peer)]
        answers = remote.call_all(plan, reachable, ["votes"], seconds=leader.ANSWER_SECONDS)
        closed = [peer for peer, answer in answers.items() if parse(answer).leading is None]
    if closed:
        fence.open_to(plan, closed)


def catch_up(plan: Plan) -> None:
    """Has the master send this slice's nodes the configuration that they might have missed.  A failure is not an
    error."""
    peer = plan.peer_of(master_name(plan))
    if peer is None or not paths.BEHIND.exists():
        return
    try:
        remote.call(plan, peer, ["redistribute"])
    except StepFailed:
        return
    paths.BEHIND.unlink(missing_ok=True)


def redistribute(plan: Plan) -> None:
    """Has the master send its configuration to all nodes.

    :raises StepFailed: when no node of this slice leads, or Ganeti fails
    """
    master = find_master(plan)
    if master is None or leading(plan) != master.name:
        raise StepFailed("no node of this slice leads the cluster")
    _lift_fences(plan)
    # A master that has just stepped down might have had the cluster's address until now.
    master_address.hold(master)
    master_address.announce(master)
    run(["gnt-cluster", "redist-conf"], node=master)


def start_master(plan: Plan, node: Node) -> None:
    """Starts the master's daemons without the majority that is otherwise needed, because the user asks for it.

    :raises StepFailed: when its own slice does not name it master, or another node leads
    """
    named = master_name(plan)
    if named != node.name:
        raise StepFailed(f"the node is not the master: the nodes of its slice name {named}", node=node.name)
    elected = leader.elect(plan).master
    if elected not in (None, node.name):
        raise StepFailed(f"{elected} is the master", node=node.name)
    paths.UNDECIDED.unlink(missing_ok=True)
    start_stop.start(plan, [node], node)
    master_address.hold(node)


def _step_down(plan: Plan, name: str, other: str | None) -> None:
    """While the slices could not reach each other, another node was made the master, so two led."""
    node = next(node for node in plan.own_nodes if node.name == name)
    emit("warning", message=f"{name} is no longer the master: {other} is")
    master_address.drop(node)
    daemons.stop(reversed(daemons.master_daemons(node)))

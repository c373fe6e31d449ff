"""Checks the other slices while this one runs: they stop and come back, perhaps at another address."""

import time

from ..events import emit
from ..network import underlay
from ..network.path_stats import PathStats, measured
from ..network.ping import Ping
from ..plan.model import Plan, Slice
from .deadline import Deadline
from .remote import named
from .verify import CHECK_SECONDS, SMALL, in_parallel, lower_mtu, measure

#: seconds between two checks while all slices answer
ALL_WELL_SECONDS = 60.0


class PeerWatch:
    def __init__(self) -> None:
        self._due = time.monotonic()

    def seconds_left(self) -> float:
        return max(0.0, self._due - time.monotonic())

    def look(self, plan: Plan) -> None:
        """If a check is due, reports slices that do not answer any more, and measures the path to those that came
        back."""
        if self.seconds_left() > 0:
            return
        # A slice that joins can get the number of one that has left.
        measured.intersection_update(peer.number for peer in plan.peers)
        answers = in_parallel(plan.peers, lambda peer: _answers(plan, peer), Deadline(0))
        for peer, answering in zip(plan.peers, answers):
            if answering and peer.number not in measured:
                _came_back(plan, peer)
            elif not answering and peer.number in measured:
                measured.discard(peer.number)
                emit("peer", slice=peer.number, answers=False)
                message = f"{named(peer)} does not answer any more: its nodes cannot be reached from here"
                emit("warning", message=message)
        all_well = len(measured) >= len(plan.peers) and not any(underlay.is_named(peer) for peer in plan.peers)
        self._due = time.monotonic() + (ALL_WELL_SECONDS if all_well else CHECK_SECONDS)


def _answers(plan: Plan, peer: Slice) -> bool:
    underlay.look_up(plan, peer)
    with Ping(plan.own_slice, peer) as ping:
        return any(ping.send(SMALL, 1.0) is not None for _ in range(2))


def _came_back(plan: Plan, peer: Slice) -> None:
    path = measure(plan, peer, Deadline(0), raise_mtu=False)
    if isinstance(path, PathStats):
        lower_mtu(plan, path)
        emit("peer", answers=True, **path.facts())

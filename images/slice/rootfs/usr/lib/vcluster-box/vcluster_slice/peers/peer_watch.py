"""Looking after the other slices while this one lives: they go and come back, perhaps elsewhere."""

import time

from ..events import emit
from ..network import path_mtu, underlay
from ..network.path_stats import Path, found_ways, note
from ..network.ping import Echo
from ..plan.model import Plan, Slice
from .deadline import Patience
from .remote import named
from .verify import ALERT, SMALL, for_each, reach

#: seconds between two looks, as long as all is well
CALM = 60.0


class PeerWatch:
    def __init__(self) -> None:
        self._due = time.monotonic()

    def seconds_left(self) -> float:
        return max(0.0, self._due - time.monotonic())

    def look(self, plan: Plan) -> None:
        """If it is time to: tells of those that went, and measures the way to those that have come."""
        if self.seconds_left() > 0:
            return
        patience = Patience(0)
        # A slice that has left leaves its number to the next one.
        found_ways.intersection_update(peer.number for peer in plan.peers)
        answers = for_each(plan.peers, lambda peer: _answers(plan, peer), patience)
        for peer, answering in zip(plan.peers, answers):
            if answering and peer.number not in found_ways:
                _welcome(plan, peer)
            elif not answering and peer.number in found_ways:
                found_ways.discard(peer.number)
                emit("peer", slice=peer.number, answers=False)
                message = f"{named(peer)} does not answer any more: its nodes cannot be reached from here"
                emit("warning", message=message)
        calm = len(found_ways) >= len(plan.peers) and not any(underlay.is_named(peer) for peer in plan.peers)
        self._due = time.monotonic() + (CALM if calm else ALERT)


def _answers(plan: Plan, peer: Slice) -> bool:
    underlay.look_up(plan, peer)
    with Echo(plan.own_slice, peer) as echo:
        return any(echo.ping(SMALL, 1.0) is not None for _ in range(2))


def _welcome(plan: Plan, peer: Slice) -> None:
    way = reach(plan, peer, Patience(0), raise_mtu=False)
    if isinstance(way, Path):
        mtu = min(way.mtu, path_mtu.of_device(plan.device))
        path_mtu.set_mtu(plan, mtu)
        note(mtu, [way])
        emit("peer", answers=True, **way.facts())

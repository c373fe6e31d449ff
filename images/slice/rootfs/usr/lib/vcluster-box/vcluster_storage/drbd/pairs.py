"""The pairs of a node, with both sides of each.

Whoever looks at them or changes them holds the lock of this slice, and of each slice that has the other side of a pair:
always in the order of the slices' numbers, so that no two wait for each other.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ..failure import Failed
from ..node import Node
from . import devices, lock, minors, settle, slices
from .ends import End, Holder, end_of
from .far import Far
from .minors import Minor
from .near import Near
from .wire import Gone, Refused, Wire


@contextmanager
def settled(node: Node) -> Iterator["Pairs"]:
    """The node's pairs, up to date; what is changed is kept unless an exception is raised."""
    gone: set[int] = set()
    while True:
        with ExitStack() as held:
            try:
                pairs = _hold(node, gone, held)
                if pairs is None:
                    continue
                pairs.settle()
                pairs.save()
            except Gone as error:
                slices.give_up(os.path.dirname(node.root), error)
                gone.add(error.slice)
                continue
            yield pairs
            pairs.finish()
        break
    if not other_slices(node) <= pairs.reached | gone:
        # It was told to connect to a side in a slice that nobody has asked yet.
        with settled(node):
            pass


def _hold(node: Node, gone: set[int], held: ExitStack) -> "Pairs | None":
    """None: meanwhile the node got a pair with a side in yet another slice."""
    directory = os.path.dirname(node.root)
    known = slices.read(directory)
    wanted = other_slices(node) - gone
    wires: dict[int, Wire] = {}
    for number in sorted(wanted | {known.own}):
        if number == known.own:
            held.callback(lock.acquire(directory, lambda: _ping(wires)).release)
            continue
        wire = _reach(directory, number)
        if wire is None:
            gone.add(number)
        else:
            held.callback(wire.close)
            wires[number] = wire
    if not other_slices(node) <= wanted | gone:
        return None
    return Pairs(node, known, wires)


def _reach(directory: str, number: int) -> Wire | None:
    """With that slice's lock, until it is closed; None when the slice does not answer."""
    try:
        wire = slices.connect(directory, number)
    except Gone:
        return None
    try:
        wire.call({"op": "lock"})
        return wire
    except Refused as error:
        wire.close()
        raise Failed(f"slice {number}: {error}", 20) from error
    except Gone as error:
        wire.close()
        slices.give_up(directory, error)
        return None


def _ping(wires: dict[int, Wire]) -> None:
    """The other slices, whose locks are held, wait meanwhile."""
    for wire in wires.values():
        wire.ping()


def other_slices(node: Node) -> set[int]:
    """Those that have the other sides of the node's pairs."""
    own = minors.read(node).values()
    known = slices.read(os.path.dirname(node.root)) if own else slices.Slices()
    if not known.nodes:
        return set()
    found = {other_slice(node, minor, known) for minor in own}
    return {number for number in found if number is not None}


def other_slice(node: Node, minor: Minor, known: slices.Slices) -> int | None:
    """None: the other side is in this slice, or the minor is not to be connected."""
    number = known.nodes.get(_peer_name(node, minor) or "", known.own)
    return None if number == known.own else number


def _peer_name(node: Node, minor: Minor) -> str | None:
    if minor.net is None or minor.standalone or minor.waiting:
        return None
    return slices.name_of(node, minor.net.remote.rpartition(":")[0])


class Pairs:
    def __init__(self, node: Node, known: slices.Slices, wires: dict[int, Wire]) -> None:
        """
        :param wires: to the slices that answer
        """
        self.node = node
        self.directory = os.path.dirname(node.root)
        self._near = Near(node)
        self._known, self._wires = known, wires
        self._holders: dict[str, Holder | None] = {node.name: self._near}
        self.reached = set(wires)

    @property
    def own(self) -> dict[int, Minor]:
        return self._near.minors

    def end(self, minor: Minor) -> End:
        return end_of(self._near, minor)

    def peer(self, minor: Minor) -> End | None:
        """The other side, if both try to be connected to each other, and it answers."""
        name = _peer_name(self.node, minor) if self.node.answers() else None
        holder = self._holder(name) if name else None
        net = minor.net
        if holder is None or net is None:
            return None
        for each in holder.minors.values():
            if each.waiting or each.standalone or not each.net:
                continue
            if (each.net.local, each.net.remote) == (net.remote, net.local):
                return end_of(holder, each)
        return None

    def settle(self) -> None:
        for minor in self.own.values():
            peer = self.peer(minor)
            if peer is not None:
                settle.together(self.end(minor), peer, self._progress)
            else:
                settle.alone(self.end(minor))

    def save(self) -> None:
        """The other slices first: a side that does not learn of a change finds out when the two meet again."""
        for holder in sorted(self._all(), key=lambda each: isinstance(each, Near)):
            holder.save()
        devices.follow(self)

    def finish(self) -> None:
        """As `settle` and `save`, without those who do not answer any more."""
        while True:
            try:
                self.settle()
                self.save()
                return
            except Gone as error:
                slices.give_up(self.directory, error)
                self._wires.pop(error.slice, None)
                self._holders = {name: each for name, each in self._holders.items() if isinstance(each, Near)}

    @property
    def near(self) -> Near:
        return self._near

    def _all(self) -> list[Holder]:
        return [holder for holder in self._holders.values() if holder is not None]

    def _holder(self, name: str) -> Holder | None:
        if name not in self._holders:
            self._holders[name] = self._find(name)
        return self._holders[name]

    def _find(self, name: str) -> Holder | None:
        number = self._known.nodes.get(name, self._known.own)
        if number == self._known.own:
            node = Node(os.path.join(self.directory, name))
            return Near(node) if node.answers() else None
        wire = self._wires.get(number)
        answer, _ = wire.call({"op": "sides", "node": name}) if wire else ({}, b"")
        return Far(wire, name, answer) if wire and answer.get("sides") is not None else None

    def _progress(self) -> None:
        _ping(self._wires)

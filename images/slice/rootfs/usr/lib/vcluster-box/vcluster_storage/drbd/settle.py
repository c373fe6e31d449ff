"""Lets the pairs of a node do what they would have done by themselves since somebody looked last.

Everything that happens between two sides happens here: they meet, lose each other, and resynchronise as time goes by.
One lock for all nodes of the slice is held meanwhile.

While both sides are connected and up to date, their data is one file with two names: what one writes, the other has at
once.  A side that is promoted without the other gets a copy of its own first, and a resynchronisation ends with one
file again.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .. import sparse
from ..failure import Failed
from ..node import Node
from . import metadata, minors
from .metadata import INCONSISTENT, UP_TO_DATE, Metadata
from .minors import PRIMARY, Minor, Sync
from .pair import Meeting, Side, meet

#: Simulated resynchronisations are this much faster than the disk's rate.
SPEED = 50
LOCK = ".drbd.lock"
ADDRESS = "var/lib/ganeti/ssconf_node_primary_ips"
SECONDARY_ADDRESS = "var/lib/ganeti/ssconf_node_secondary_ips"


@dataclass
class End:
    """One side of a pair: the node, and its minor, with the metadata of the attached disk."""

    node: Node
    minor: Minor
    metadata: Metadata | None

    def save_metadata(self) -> None:
        if self.minor.disk is not None and self.metadata is not None:
            metadata.write(self.minor.disk.meta, self.metadata)

    @property
    def side(self) -> Side:
        return Side(self.minor, self.metadata)

    @property
    def disk_state(self) -> str:
        return "Diskless" if self.metadata is None else self.metadata.state


@contextmanager
def settled(node: Node) -> Iterator["Pairs"]:
    """The node's pairs, up to date; what is changed is kept unless an exception is raised."""
    with open(os.path.join(os.path.dirname(node.root), LOCK), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pairs = Pairs(node)
        pairs.settle()
        yield pairs
        pairs.settle()
        pairs.save()


class Pairs:
    def __init__(self, node: Node) -> None:
        self.node = node
        self._nodes = {node.root: node}
        self._minors = {node.root: minors.read(node)}
        self._before = {node.root: repr(self._minors[node.root])}

    @property
    def own(self) -> dict[int, Minor]:
        return self._minors[self.node.root]

    def end(self, minor: Minor) -> End:
        return self._end(self.node, minor)

    def peer(self, minor: Minor) -> End | None:
        """The other side, if both try to be connected to each other."""
        if minor.net is None or minor.standalone:
            return None
        address = minor.net.remote.rpartition(":")[0]
        other = node_of(self.node, address)
        if other is None:
            return None
        for each in self._of(other).values():
            net = each.net
            if net and not each.standalone and (net.local, net.remote) == (minor.net.remote, minor.net.local):
                return self._end(other, each)
        return None

    def settle(self) -> None:
        for minor in self.own.values():
            peer = self.peer(minor)
            if peer is not None:
                self._together(self.end(minor), peer)
            else:
                self._alone(self.end(minor))

    def save(self) -> None:
        for root, node in self._nodes.items():
            if repr(self._minors[root]) != self._before[root]:
                minors.write(node, self._minors[root])
        _follow(self)

    def _of(self, node: Node) -> dict[int, Minor]:
        if node.root not in self._minors:
            self._nodes[node.root] = node
            self._minors[node.root] = minors.read(node)
            self._before[node.root] = repr(self._minors[node.root])
        return self._minors[node.root]

    def _end(self, node: Node, minor: Minor) -> End:
        """A disk that cannot be read is given up (`--on-io-error=detach`)."""
        found = None
        if minor.disk is not None:
            try:
                found = metadata.read(minor.disk.meta)
                open(minor.disk.data, "rb").close()
            except (Failed, OSError):
                found, minor.disk, minor.sync = None, None, None
        return End(node, minor, found)

    def _alone(self, end: End) -> None:
        minor = end.minor
        if minor.connected:
            minor.connected, minor.sync = False, None
            if minor.role == PRIMARY and end.metadata is not None and end.metadata.state == UP_TO_DATE:
                end.metadata.begin_generation()
                end.save_metadata()

    def _together(self, one: End, other: End) -> None:
        if not (one.minor.connected and other.minor.connected):
            meeting = meet((one.side, other.side))
            if meeting.refused:
                for end in (one, other):
                    end.minor.standalone, end.minor.connected = True, False
                return
            one.minor.connected = other.minor.connected = True
            for end in (one, other):
                if end.minor.net is not None:
                    end.minor.net.discard = False
            self._begin(one, other, meeting)
        for target, source in ((one, other), (other, one)):
            self._go_on(target, source)
        _share(one, other)

    def _begin(self, one: End, other: End, meeting: Meeting) -> None:
        if meeting.target is None:
            return
        target = (one, other)[meeting.target]
        assert target.minor.disk is not None and target.metadata is not None
        total = target.minor.disk.size_mib * 1024 // meeting.part
        target.minor.sync = Sync(total, 0, time.time())
        target.metadata.state = INCONSISTENT
        target.save_metadata()

    def _go_on(self, target: End, source: End) -> None:
        sync = target.minor.sync
        if sync is None:
            if target.disk_state == INCONSISTENT and source.disk_state == UP_TO_DATE:
                # It was attached, or the other one was made the primary by force.
                self._begin(target, source, Meeting(target=0))
            return
        now = time.time()
        if not (target.minor.paused or source.minor.paused):
            sync.done_kib += int((now - sync.since) * target.minor.rate_kib * SPEED)
        sync.since = now
        if sync.done_kib >= sync.total_kib:
            assert target.metadata is not None and source.metadata is not None
            target.minor.sync = None
            target.metadata.take_over(source.metadata)
            target.save_metadata()
            _unite(source, target)


def node_of(node: Node, address: str) -> Node | None:
    """The node of this slice with that address, primary or secondary."""
    for file in (ADDRESS, SECONDARY_ADDRESS):
        for line in _lines(node.path(file)):
            name, _, found = line.partition(" ")
            root = os.path.join(os.path.dirname(node.root), name)
            if found == address and os.path.isdir(os.path.join(root, "var/lib/vcluster-box")):
                return Node(root)
    return None


def part(minor: Minor) -> None:
    """Gives it a file of its own, if it shares one with its peer."""
    if minor.disk is None:
        return
    data = os.path.realpath(minor.disk.data)
    if os.stat(data).st_nlink > 1:
        sparse.separate(data)


def _share(one: End, other: End) -> None:
    """Makes the data of two sides that have the same generation one file: that of the primary."""
    if one.minor.disk is None or other.minor.disk is None or {one.disk_state, other.disk_state} != {UP_TO_DATE}:
        return
    _unite(*((one, other) if one.minor.role == PRIMARY else (other, one)))


def _unite(source: End, target: End) -> None:
    """The target's volume gets the file of the source's.  One that is larger at the moment stays apart."""
    files = [os.path.realpath(end.minor.disk.data) for end in (source, target) if end.minor.disk]
    if os.path.samefile(*files) or os.stat(files[0]).st_size != os.stat(files[1]).st_size:
        return
    sparse.join(*files)


def _follow(pairs: Pairs) -> None:
    """Links `dev/drbdN` to the data, for a primary; the device of a secondary cannot be opened."""
    wanted = {}
    for number, minor in pairs.own.items():
        end, peer = pairs.end(minor), pairs.peer(minor)
        usable = next((each for each in (end, peer) if each and each.disk_state == UP_TO_DATE), None)
        data = usable and usable.minor.disk
        wanted[f"drbd{number}"] = data.data if data and minor.role == PRIMARY else "lost/disk"
    directory = pairs.node.path("dev")
    if not wanted and not os.path.isdir(directory):
        return
    os.makedirs(directory, exist_ok=True)
    for name in (name for name in os.listdir(directory) if name.startswith("drbd")):
        path = os.path.join(directory, name)
        if os.path.islink(path) and wanted.get(name) == os.readlink(path):
            del wanted[name]
        else:
            os.unlink(path)
    for name, target in wanted.items():
        os.symlink(target, os.path.join(directory, name))


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().splitlines()
    except OSError:
        return []

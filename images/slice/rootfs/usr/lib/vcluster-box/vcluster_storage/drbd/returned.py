"""The devices of a node whose slice was away, in a cluster of several slices.

A machine that starts again has no devices.  Those of a slice are kept over a restart, and its instances go on.  But
while it was away, an instance might have been failed over: then both sides would be primaries.  So a primary first
waits, alone, until the slice has heard from Ganeti where its instances are.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from ..node import Node
from . import lock, minors
from .minors import PRIMARY
from .pairs import settled


def wait(node: Node) -> None:
    """Before anything else of the slice looks at the devices."""
    known = minors.read(node)
    waiting = [minor for minor in known.values() if minor.role == PRIMARY and minor.net is not None]
    for minor in waiting:
        minor.waiting = True
    if waiting:
        minors.write(node, known)


def decide(node: Node, used: Collection[int]) -> None:
    """
    :param used: the minors of instances that run here and belong here; all others that wait are taken down
    """
    with _locked(node):
        known = minors.read(node)
        waiting = [minor for minor in known.values() if minor.waiting]
        for minor in waiting:
            minor.waiting = False
            if minor.number not in used:
                del known[minor.number]
        if waiting:
            minors.write(node, known)
    if waiting:
        # They meet, and the devices of those that are gone go, too.
        with settled(node):
            pass


@contextmanager
def _locked(node: Node) -> Iterator[None]:
    held = lock.acquire(os.path.dirname(node.root), lambda: None)
    try:
        yield
    finally:
        held.release()

"""Brings what primaries have written to their secondaries in other slices, without being asked.

A secondary in the same slice has it at once.  The slice's program looks every few seconds, and the node daemon at the
end of each request, because many of them write: the scripts of an OS, imports, conversions.
"""

import os
from contextlib import suppress

from ..failure import Failed
from ..node import Node
from . import minors, slices
from .metadata import UP_TO_DATE
from .minors import PRIMARY, Minor
from .near import Near
from .pairs import other_slice, settled


def bring(node: Node) -> bool:
    """
    :returns: whether there was something to do
    """
    if not os.path.exists(node.path(minors.STATE)) or not _waits(node):
        return False
    with suppress(Failed), settled(node):
        pass
    return True


def _waits(node: Node) -> bool:
    if not node.answers():
        return False
    near, known = Near(node), slices.read(os.path.dirname(node.root))
    return any(
        minor.role == PRIMARY and other_slice(node, minor, known) is not None and _has_more(near, minor)
        for minor in near.minors.values()
    )


def _has_more(near: Near, minor: Minor) -> bool:
    if not minor.connected or minor.sync is not None:
        return True
    content = near.metadata(minor)
    return (near.content(minor) if content and content.state == UP_TO_DATE else near.work(minor)).changed()

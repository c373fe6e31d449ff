"""What two sides would have done by themselves since somebody looked last: they meet, lose each other, and
resynchronise as time goes by.

While both sides are connected and up to date, the secondary has the data of the primary.  In one slice, it is one file
with two names: what one writes, the other has at once.  A side that is promoted without the other gets a copy of its
own first, and a resynchronisation ends with one file again.  Between slices, what the primary has written since is
copied whenever somebody looks.
"""

import secrets
import time
from collections.abc import Callable

from .copying import copy
from .ends import End, unite
from .metadata import INCONSISTENT
from .minors import PRIMARY, Sync
from .pair import Meeting, meet

#: Simulated resynchronisations are this much faster than the disk's rate.
SPEED = 50
Progress = Callable[[], None]


def alone(end: End) -> None:
    minor = end.minor
    if minor.connected and not minor.waiting:
        minor.connection, minor.sync = "", None
        if minor.role == PRIMARY and end.metadata is not None and end.up_to_date:
            end.metadata.begin_generation()
            end.save_metadata()


def together(one: End, other: End, progress: Progress) -> None:
    """
    :param one: a side in this slice
    """
    if not (one.minor.connected and one.minor.connection == other.minor.connection):
        meeting = meet((one.side, other.side))
        connection = "" if meeting.refused else secrets.token_hex(8)
        for end in (one, other):
            end.minor.standalone, end.minor.connection, end.minor.sync = meeting.refused, connection, None
            if end.minor.net is not None and not meeting.refused:
                end.minor.net.discard = False
        if meeting.refused:
            return
        _begin(one, other, meeting)
    _keep_work(one, other, progress)
    for target, source in ((one, other), (other, one)):
        _go_on(target, source, progress)
    _share(one, other, progress)


def _begin(one: End, other: End, meeting: Meeting) -> None:
    if meeting.target is None:
        return
    target = (one, other)[meeting.target]
    assert target.minor.disk is not None and target.metadata is not None
    total = target.minor.disk.size_mib * 1024 // meeting.part
    target.minor.sync = Sync(total, 0, time.time())
    target.metadata.state = INCONSISTENT
    target.save_metadata()


def _go_on(target: End, source: End, progress: Progress) -> None:
    sync = target.minor.sync
    if sync is None:
        if target.disk_state == INCONSISTENT and source.up_to_date:
            # It was attached, or the other one was made the primary by force.
            _begin(target, source, Meeting(target=0))
        return
    now = time.time()
    if not (target.minor.paused or source.minor.paused):
        sync.done_kib += int(max(0.0, now - sync.since) * target.minor.rate_kib * SPEED)
    sync.since = now
    if target.near is None and target.minor.role == PRIMARY:
        # It works on a copy of its peer's data, which its own slice must bring back first.
        sync.done_kib = min(sync.done_kib, sync.total_kib - 1)
    if sync.done_kib >= sync.total_kib:
        assert target.metadata is not None and source.metadata is not None
        if target.near is None or source.near is None:
            copy(source.content, target.content, progress)
        else:
            unite(source, target)
        target.minor.sync = None
        target.metadata.take_over(source.metadata)
        target.save_metadata()


def _share(one: End, other: End, progress: Progress) -> None:
    """Gives a secondary that has the same generation the data of its primary."""
    if not (one.up_to_date and other.up_to_date):
        return
    if one.near is not None and other.near is not None:
        unite(*((one, other) if one.minor.role == PRIMARY else (other, one)))
        return
    for source, target in ((one, other), (other, one)):
        if source.minor.role == PRIMARY and source.changed:
            copy(source.content, target.content, progress)
            return


def _keep_work(one: End, other: End, progress: Progress) -> None:
    """A primary without a disk works on that of its peer.  If that is in another slice, it gets a copy of it, and what
    it writes goes back as what any primary writes."""
    near = one.near
    if near is None or other.near is not None or not works_on_peer(one, other):
        return
    work = near.work(one.minor)
    if not work.belongs():
        content = other.content
        copy(content, near.make_work(one.minor, content.size()), progress)
    elif work.changed():
        copy(work, other.content, progress)


def works_on_peer(end: End, peer: End) -> bool:
    return end.minor.role == PRIMARY and not end.up_to_date and peer.up_to_date

"""One side of a pair, as it is reached: in this slice (`near`), or in another one (`far`)."""

import os
from dataclasses import dataclass
from typing import Protocol

from .. import sparse
from .copying import Content
from .metadata import UP_TO_DATE, Metadata
from .minors import Minor
from .near import Near
from .pair import Side


class Holder(Protocol):
    """What has the minors of one node: `Near` or `Far`."""

    minors: dict[int, Minor]

    def metadata(self, minor: Minor) -> Metadata | None: ...
    def save_metadata(self, minor: Minor, content: Metadata) -> None: ...
    def content(self, minor: Minor) -> Content: ...
    def changed(self, minor: Minor) -> bool: ...
    def save(self) -> None: ...


@dataclass
class End:
    """
    :param metadata: of the attached disk
    """

    holder: Holder
    minor: Minor
    metadata: Metadata | None

    def save_metadata(self) -> None:
        if self.minor.disk is not None and self.metadata is not None:
            self.holder.save_metadata(self.minor, self.metadata)

    @property
    def near(self) -> Near | None:
        return self.holder if isinstance(self.holder, Near) else None

    @property
    def side(self) -> Side:
        return Side(self.minor, self.metadata)

    @property
    def disk_state(self) -> str:
        return "Diskless" if self.metadata is None else self.metadata.state

    @property
    def up_to_date(self) -> bool:
        return self.disk_state == UP_TO_DATE

    @property
    def content(self) -> Content:
        return self.holder.content(self.minor)

    @property
    def changed(self) -> bool:
        """Whether its content can be another one than that which its peer has got from it."""
        return self.holder.changed(self.minor)


def end_of(holder: Holder, minor: Minor) -> End:
    return End(holder, minor, holder.metadata(minor))


def part(minor: Minor) -> None:
    """Gives it a file of its own, if it shares one with its peer."""
    if minor.disk is None:
        return
    data = os.path.realpath(minor.disk.data)
    if os.stat(data).st_nlink > 1:
        sparse.separate(data)


def unite(source: End, target: End) -> None:
    """In one slice, the target's volume gets the file of the source's.  One that is larger at the moment stays
    apart."""
    files = [os.path.realpath(end.minor.disk.data) for end in (source, target) if end.minor.disk]
    if os.path.samefile(*files) or os.stat(files[0]).st_size != os.stat(files[1]).st_size:
        return
    sparse.join(*files)

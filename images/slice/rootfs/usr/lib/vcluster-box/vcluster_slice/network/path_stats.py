"""The ways to the other slices, as they were found."""

import json
from dataclasses import dataclass

from .. import files, paths
from ..plan.model import Slice

#: numbers of the slices to which the way was found, in this life of the container
found_ways: set[int] = set()


@dataclass(frozen=True)
class Path:
    """The way to another slice."""

    peer: Slice
    #: bytes
    mtu: int
    #: seconds
    rtt: float

    def facts(self) -> dict[str, object]:
        return {"slice": self.peer.number, "mtu": self.mtu, "rttMs": round(self.rtt * 1000, 2)}

    def __str__(self) -> str:
        return f"slice {self.peer.number}: {self.mtu} bytes, {self.rtt * 1000:.2f} ms"


def note(mtu: int, ways: list[Path], gone: Slice | None = None) -> None:
    """For whoever wants to know how the slices are connected, as `up` does; what was noted of other ways stays.

    :param gone: a slice that is none of the cluster's any more
    """
    before = json.loads(paths.SEGMENT.read_text())["peers"] if paths.SEGMENT.exists() else []
    known = {facts["slice"]: facts for facts in [*before, *(path.facts() for path in ways)]}
    if gone is not None:
        known.pop(gone.number, None)
    content = json.dumps({"mtu": mtu, "peers": [known[number] for number in sorted(known)]})
    files.write_as(paths.SEGMENT, content, user="root", group="root", mode=0o644)
